#include "intake/mapping/usage.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

using Time = Usage::Slot::Time;

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

void read_rhythm(std::string_view code, Usage& usage) {
  if (digit_at(code, 9) != 0) usage.slots.push_back({.time = Time::waking, .when = "WAKE"});
  constexpr std::array<std::pair<size_t, Time>, 3> meals{
      {{8, Time::breakfast}, {7, Time::lunch}, {6, Time::supper}}};
  for (size_t meal = 0; meal < meals.size(); ++meal) {
    const int relation = digit_at(code, meals[meal].first);
    if (relation == 0) continue;
    usage.slots.push_back(
        {.time = meals[meal].second, .relation = relation, .when = event_of(relation, meal)});
  }
  const char hour = code[9];
  if (hour >= 'A' && hour <= 'X')
    usage.slots.push_back({.time = Time::hour, .hour = hour - 'A', .when = {}});
  if (digit_at(code, 5) != 0) usage.slots.push_back({.time = Time::bedtime, .when = "HS"});
  // Kind 6 names times of the day without counting them all.
  usage.consistent = usage.kind != Usage::Kind::hours
                         ? static_cast<int>(usage.slots.size()) == usage.times_a_day
                         : true;
}

// 1-9, then A is 10 and V is 31.
int day_of(char c) {
  if (c >= '1' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'V' ? c - 'A' + 10 : 0;
}

struct NamedCondition {
  std::string_view code, name;
};
// JP_MedicationAsNeededConditionJAMI_CS.
constexpr NamedCondition conditions[] = {
    {"11", "疼痛時"},
    {"12", "頭痛時"},
    {"13", "歯痛時"},
    {"14", "胸痛時"},
    {"15", "腹痛時"},
    {"16", "腰痛時"},
    {"17", "関節痛時"},
    {"21", "喘鳴時"},
    {"22", "喘息発作時"},
    {"23", "喉がゴロゴロする時"},
    {"24", "咳込時"},
    {"31", "血圧上昇時"},
    {"32", "血糖上昇時"},
    {"41", "便秘時"},
    {"42", "お腹がゴロゴロする時"},
    {"43", "下痢時"},
    {"44", "排便時"},
    {"45", "嘔吐時"},
    {"46", "口腔乾燥時"},
    {"47", "吐き気時"},
    {"48", "空腹時"},
    {"49", "出血時"},
    {"51", "乏尿時"},
    {"52", "多尿時"},
    {"53", "むくみ時"},
    {"61", "不眠時"},
    {"62", "不安時"},
    {"63", "不穏時"},
    {"64", "いらいら時"},
    {"65", "けいれん時"},
    {"66", "めまい時"},
    {"67", "疲労時"},
    {"71", "発熱時"},
    {"72", "悪寒時"},
    {"81", "かゆい時"},
    {"82", "発疹時"},
    {"91", "発作時"},
    {"92", "症状ある時"},
    {"A1", "検査前"},
    {"A2", "検査時"},
    {"A3", "検査後"},
    {"A4", "手術前"},
    {"A5", "手術中"},
    {"A6", "手術後"},
    {"A7", "処置前"},
    {"A8", "処置時"},
    {"A9", "処置後"},
    {"B1", "起床時"},
    {"B2", "入浴前"},
    {"B3", "食事前"},
    {"B4", "食事後"},
    {"B5", "就寝前"},
    {"B6", "外出時"},
    {"B7", "哺乳時"},
    {"W1", "必要時"},
    {"W2", "適宜"},
};

std::string_view condition_name(std::string_view code) {
  const auto* const found = std::ranges::find(conditions, code, &NamedCondition::code);
  return found == std::end(conditions) ? std::string_view() : found->name;
}

std::optional<std::chrono::sys_days> day_in(std::string_view hl7_date) {
  using namespace std::chrono;
  if (hl7_date.size() < 8) return std::nullopt;
  int number = 0;
  const auto [end, failure] = std::from_chars(hl7_date.data(), hl7_date.data() + 8, number);
  if (failure != std::errc() || end != hl7_date.data() + 8) return std::nullopt;
  const year_month_day date{year(number / 10'000), month(static_cast<unsigned>(number / 100 % 100)),
                            day(static_cast<unsigned>(number % 100))};
  return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

}  // namespace

Usage usage_of(std::string_view code) {
  Usage usage;
  if (!is_usage_code(code)) return usage;
  constexpr std::string_view kinds = "124567";
  const size_t kind = kinds.find(code[2]);
  if (kind == std::string_view::npos) return usage;
  usage.known = true;
  usage.kind = static_cast<Usage::Kind>(kind);
  usage.times_a_day = digit_at(code, 4);
  if (usage.kind == Usage::Kind::rhythm || usage.kind == Usage::Kind::hours)
    read_rhythm(code, usage);
  if (usage.kind == Usage::Kind::state || usage.kind == Usage::Kind::as_needed)
    usage.condition = code.substr(4, 2);
  if (usage.kind == Usage::Kind::as_needed) usage.times_a_day = 0;
  return usage;
}

void add_supplement(std::string_view code, Supplements& all) {
  if (code.size() != 8) return;
  if (code[0] == 'I' && digit_at(code, 2) > 0) {
    all.days_taken = digit_at(code, 2);
    all.days_left_out = digit_at(code, 3);
  } else if (code[0] == 'W' && code.find_first_not_of("01", 1) == std::string_view::npos) {
    all.weekdays = code.substr(1);
  } else if (code.starts_with("CW")) {
    all.times_a_week = digit_at(code, 3);
  } else if (code[0] == 'D') {
    all.month = day_of(code[1]);
    for (const char letter : code.substr(2))
      if (const int day = day_of(letter); day > 0) all.days_of_month.push_back(day);
  } else if (code[0] == 'V' && code[1] >= '1' && code[1] <= '9') {
    const auto time = static_cast<size_t>(code[1] - '1');
    const std::string_view amount = code.substr(2, code.find_last_not_of('N') - 1);
    if (all.doses.size() <= time) all.doses.resize(time + 1);
    all.doses[time] = decimal_of(amount).value_or("");
  }
}

std::optional<int> Supplements::days_within(int days, std::string_view first) const {
  using namespace std::chrono;
  if (times_a_week > 0) return (days + 6) / 7 * times_a_week;
  const bool by_date = !weekdays.empty() || !days_of_month.empty();
  const auto start = day_in(first);
  if (by_date && !start) return std::nullopt;
  int taken = 0;
  for (int i = 0; i < days; ++i) {
    bool is_taken = i % (days_taken + days_left_out) < days_taken;
    if (by_date) {
      const year_month_day date(*start + std::chrono::days(i));
      if (!weekdays.empty())
        is_taken &= weekdays[weekday(*start + std::chrono::days(i)).c_encoding()] == '1';
      if (!days_of_month.empty())
        is_taken &=
            std::ranges::find(days_of_month, static_cast<int>(static_cast<unsigned>(date.day()))) !=
                days_of_month.end() &&
            (month == 0 || static_cast<unsigned>(date.month()) == static_cast<unsigned>(month));
    }
    taken += is_taken ? 1 : 0;
  }
  return taken;
}

std::string usage_part(std::string_view code, std::string_view part) {
  if (!is_usage_code(code)) return {};
  if (part == "basic") return std::string(code.substr(0, 1));
  if (part == "method") return std::string(code.substr(0, 2));
  const Usage usage = usage_of(code);
  if (!usage.is_as_needed()) return {};
  const std::string_view name = condition_name(usage.condition);
  if (part == "as-needed") return "true";
  if (part == "condition") return name.empty() ? "" : std::string(usage.condition);
  return part == "condition-name" ? std::string(name) : std::string();
}

}  // namespace tasuki::intake
