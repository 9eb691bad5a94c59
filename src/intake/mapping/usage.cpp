// The JAMI usage code of 16 characters to a Timing, and the sums that go with it. masters.md 4,
// checked there against 54 published codes: position 3 says how the day is divided, 4 how often; in
// type 1 the slots are 就寝前, 夕, 昼, 朝 (reversed) and 起床時, and the number of filled slots
// equals position 4.
#include "intake/mapping/usage.h"

#include <array>

#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

using json::Value;

bool is_usage_code(std::string_view code) {
  return code.size() == 16 && code[0] >= '1' && code[0] <= '4';
}

int digit_at(std::string_view code, size_t position) {
  const char c = code[position - 1];
  return c >= '0' && c <= '9' ? c - '0' : 0;
}

// 1 食前, 2 食直前, 3 食直後, 4 食後, 5 食後2時間; 9 that time of day, whatever the meal.
std::string_view event_of(int slot, size_t meal) {
  constexpr std::array<std::string_view, 3> before{"ACM", "ACD", "ACV"}, after{"PCM", "PCD", "PCV"},
      day{"MORN", "NOON", "EVE"};
  if (slot == 1 || slot == 2) return before[meal];
  if (slot >= 3 && slot <= 5) return after[meal];
  return slot == 9 ? day[meal] : std::string_view();
}

}  // namespace

Usage usage_of(std::string_view code) {
  Usage usage;
  if (!is_usage_code(code)) return usage;
  usage.known = true;
  const char type = code[2];
  usage.as_needed = type == '5';
  if (type == '1' || type == '6' || type == '7') usage.times_a_day = digit_at(code, 4);
  if (type != '1' && type != '6') return usage;
  int filled = 0;
  for (const auto& [position, meal] : {std::pair<size_t, size_t>{8, 0}, {7, 1}, {6, 2}}) {
    const int slot = digit_at(code, position);
    filled += slot != 0 ? 1 : 0;
    if (const auto event = event_of(slot, meal); !event.empty()) usage.when.push_back(event);
  }
  if (digit_at(code, 9) != 0 && type == '1')
    usage.when.insert(usage.when.begin(), "WAKE"), ++filled;
  if (digit_at(code, 5) != 0) usage.when.push_back("HS"), ++filled;
  usage.consistent = type != '1' || filled == usage.times_a_day;
  return usage;
}

std::string usage_part(std::string_view code, std::string_view part) {
  if (!is_usage_code(code)) return {};
  if (part == "basic") return std::string(code.substr(0, 1));
  if (part == "method") return std::string(code.substr(0, 2));
  if (part == "as-needed") return usage_of(code).as_needed ? "true" : "";
  return {};
}

Value Values::usage(const Spot& spot) {
  Spot first = spot;
  if (first.component == 0) first.component = 1;
  const std::string code = source.part(first, 1), text = source.part(first, 2),
                    system = source.part(first, 3);
  if (code.empty() && text.empty()) return {};
  Value made = Value::object();
  const Usage usage = usage_of(code);
  if (usage.times_a_day > 0) {
    Value repeat = Value::object();
    repeat.append(arena, "frequency", Value::number(arena, usage.times_a_day));
    repeat.append(arena, "period", Value::number(arena, 1));
    repeat.append(arena, "periodUnit", string("d"));
    if (!usage.when.empty()) {
      Value when = Value::array();
      for (const std::string_view event : usage.when)
        when.push(arena, string(event));
      repeat.append(arena, "when", when);
    }
    made.append(arena, "repeat", repeat);
  }
  Value coded = Value::object();
  if (!code.empty()) {
    Value codings = Value::array();
    codings.push(
        arena,
        coding(code, text, system.empty() && usage.known ? "JAMISDP01" : std::string_view(system),
               first));
    coded.append(arena, "coding", codings);
  }
  coded.append(arena, "text", string(text.empty() ? code : text));
  made.append(arena, "code", coded);
  return made;
}

}  // namespace tasuki::intake
