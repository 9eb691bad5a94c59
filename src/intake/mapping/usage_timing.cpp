// A usage code with its supplements as a Timing. FHIR R4 datatypes.html#Timing; jp-core.md 3.
//
// A supplement V ("4 at the first time") stands for that time alone: its Timing is the code's,
// narrowed to the time, so that each dose says when it is taken.
#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/usage.h"
#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr int supplements_max = 50;  // of one field

// The only time of the day that a dose of "V2..." is for; nothing for the whole.
std::optional<size_t> time_of(std::string_view code) {
  if (code.size() != 8 || code[0] != 'V' || code[1] < '1' || code[1] > '9') return std::nullopt;
  return static_cast<size_t>(code[1] - '1');
}

class TimingOf {
 public:
  TimingOf(json::Arena& arena, const Usage& usage, const Supplements& supplements)
      : arena_(arena), usage_(usage), supplements_(supplements) {}

  // Null where the code says nothing that a Timing can.
  Value repeat(std::optional<size_t> only) {
    if (supplements_.times_a_week > 0)
      rate(supplements_.times_a_week, "1", "wk");
    else if (usage_.kind == Usage::Kind::interval && !only)
      interval();
    else if (usage_.times_a_day > 0)
      rate(only ? 1 : usage_.times_a_day,
           std::to_string(supplements_.days_taken + supplements_.days_left_out), "d");
    if (made_.size() == 0) return {};
    days_of_week();
    times(only);
    return made_;
  }

 private:
  void rate(int frequency, std::string_view period, std::string_view unit) {
    made_.append(arena_, "frequency", Value::number(arena_, frequency));
    made_.append(arena_, "period", Value::number(arena_, period));
    made_.append(arena_, "periodUnit", Value::string(arena_, unit));
  }

  // 3 times a day at equal distances is every 8 hours.
  void interval() {
    const int times = usage_.times_a_day;
    if (times > 0 && 24 % times == 0)
      rate(1, std::to_string(24 / times), "h");
    else if (times > 0)
      rate(times, "1", "d");
  }

  void days_of_week() {
    constexpr std::string_view names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    if (supplements_.weekdays.size() != 7) return;
    Value days = Value::array();
    for (size_t i = 0; i < 7; ++i)
      if (supplements_.weekdays[i] == '1') days.push(arena_, Value::string(arena_, names[i]));
    if (days.size() > 0) made_.append(arena_, "dayOfWeek", days);
  }

  // Events of the day or hours of the clock, never both (tim-10): hours beside events stay in the
  // code.
  void times(std::optional<size_t> only) {
    Value when = Value::array(), hours = Value::array();
    bool all_two_hours_after = !usage_.slots.empty();
    for (size_t i = 0; i < usage_.slots.size(); ++i) {
      if (only && *only != i) continue;
      const Usage::Slot& slot = usage_.slots[i];
      all_two_hours_after &= slot.relation == 5;
      if (slot.when.empty())
        hours.push(arena_, Value::string(arena_, fmt::format("{:02}:00:00", slot.hour)));
      else
        when.push(arena_, Value::string(arena_, slot.when));
    }
    if (when.size() > 0)
      made_.append(arena_, "when", when);
    else if (hours.size() > 0)
      made_.append(arena_, "timeOfDay", hours);
    if (when.size() > 0 && all_two_hours_after)
      made_.append(arena_, "offset", Value::number(arena_, 120));
  }

  json::Arena& arena_;
  const Usage& usage_;
  const Supplements& supplements_;
  Value made_ = Value::object();
};

}  // namespace

Supplements Values::supplements_of(const Spot& spot) {
  Supplements all;
  const int count = std::min(source.repetitions(spot.segment, spot.field), supplements_max);
  for (int i = 2; i <= count; ++i) {
    Spot one = spot;
    one.repetition = static_cast<uint16_t>(i);
    one.component = 1;
    one.subcomponent = 0;
    add_supplement(source.part(one, 1), all);
  }
  return all;
}

Value Values::usage(const Spot& spot) {
  Spot first = spot;
  if (first.component == 0) first.component = 1;
  const auto only = time_of(source.part(first, 1));
  if (only) first.repetition = 1;
  const std::string code = source.part(first, 1), text = source.part(first, 2),
                    system = source.part(first, 3);
  if (code.empty() && text.empty()) return {};
  Value made = Value::object();
  const Usage read = usage_of(code);
  const Supplements supplements = supplements_of(first);
  if (const Value repeat = TimingOf(arena, read, supplements).repeat(only); !repeat.is_null())
    made.append(arena, "repeat", repeat);
  if (only) return made.size() > 0 ? made : Value();
  Value coded = Value::object();
  if (!code.empty()) {
    Value codings = Value::array();
    codings.push(
        arena,
        coding(code, text, system.empty() && read.known ? "JAMISDP01" : std::string_view(system),
               first));
    coded.append(arena, "coding", codings);
  }
  coded.append(arena, "text", string(text.empty() ? code : text));
  made.append(arena, "code", coded);
  return made;
}

}  // namespace tasuki::intake
