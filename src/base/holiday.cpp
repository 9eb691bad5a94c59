#include "base/holiday.h"

namespace tasuki {
namespace {

using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr int first_year = 2007, last_year = 2099;

struct Fixed {
  unsigned month, day;
  int from, to;  // years, both included
  std::string_view name;
};
struct NthMonday {
  unsigned month, nth;
  int from, to;
  std::string_view name;
};

// clang-format off
constexpr Fixed fixed[] = {
    { 1,  1, 2007, 2099, "元日"},
    { 2, 11, 2007, 2099, "建国記念の日"},
    { 2, 23, 2020, 2099, "天皇誕生日"},
    { 4, 29, 2007, 2099, "昭和の日"},
    { 5,  1, 2019, 2019, "天皇の即位の日"},
    { 5,  3, 2007, 2099, "憲法記念日"},
    { 5,  4, 2007, 2099, "みどりの日"},
    { 5,  5, 2007, 2099, "こどもの日"},
    { 7, 23, 2020, 2020, "海の日"},
    { 7, 22, 2021, 2021, "海の日"},
    { 7, 24, 2020, 2020, "スポーツの日"},
    { 7, 23, 2021, 2021, "スポーツの日"},
    { 8, 11, 2016, 2019, "山の日"},
    { 8, 10, 2020, 2020, "山の日"},
    { 8,  8, 2021, 2021, "山の日"},
    { 8, 11, 2022, 2099, "山の日"},
    {10, 22, 2019, 2019, "即位礼正殿の儀"},
    {11,  3, 2007, 2099, "文化の日"},
    {11, 23, 2007, 2099, "勤労感謝の日"},
    {12, 23, 2007, 2018, "天皇誕生日"},
};
constexpr NthMonday mondays[] = {
    { 1, 2, 2007, 2099, "成人の日"},
    { 7, 3, 2007, 2019, "海の日"},
    { 7, 3, 2022, 2099, "海の日"},
    { 9, 3, 2007, 2099, "敬老の日"},
    {10, 2, 2007, 2019, "体育の日"},
    {10, 2, 2022, 2099, "スポーツの日"},
};
// clang-format on

// Day of March or September on which the sun crosses the equator in Japan, 1980 to 2099.
constexpr unsigned equinox(double base, int year) {
  const int since = year - 1980;
  return static_cast<unsigned>(base + 0.242194 * since) - static_cast<unsigned>(since / 4);
}

// Article 2 and the special laws.
std::string_view by_name(year_month_day day) {
  const int year = static_cast<int>(day.year());
  const auto month = static_cast<unsigned>(day.month());
  const auto date = static_cast<unsigned>(day.day());
  for (const Fixed& row : fixed)
    if (row.month == month && row.day == date && year >= row.from && year <= row.to)
      return row.name;
  if (weekday(sys_days(day)) == std::chrono::Monday)
    for (const NthMonday& row : mondays)
      if (row.month == month && (date - 1) / 7 + 1 == row.nth && year >= row.from && year <= row.to)
        return row.name;
  if (month == 3 && date == equinox(20.8431, year)) return "春分の日";
  if (month == 9 && date == equinox(23.2488, year)) return "秋分の日";
  return {};
}

// Article 3-2: where a holiday falls on a Sunday, the next day that is no holiday rests.
bool is_substitute(year_month_day day) {
  for (sys_days before = sys_days(day) - std::chrono::days(1); !by_name(before).empty();
       before -= std::chrono::days(1))
    if (weekday(before) == std::chrono::Sunday) return true;
  return false;
}

// Article 3-3.
bool is_between(year_month_day day) {
  return !by_name(sys_days(day) - std::chrono::days(1)).empty() &&
         !by_name(sys_days(day) + std::chrono::days(1)).empty();
}

}  // namespace

std::string_view holiday_name(year_month_day day) {
  const int year = static_cast<int>(day.year());
  if (!day.ok() || year < first_year || year > last_year) return {};
  if (const std::string_view name = by_name(day); !name.empty()) return name;
  if (weekday(sys_days(day)) == std::chrono::Sunday) return {};
  if (is_substitute(day)) return "振替休日";
  return is_between(day) ? "国民の休日" : std::string_view();
}

bool is_rest_day(year_month_day day) {
  if (!day.ok()) return false;
  const auto month = static_cast<unsigned>(day.month());
  const auto date = static_cast<unsigned>(day.day());
  if ((month == 12 && date >= 29) || (month == 1 && date <= 3)) return true;
  return weekday(sys_days(day)) == std::chrono::Sunday || !holiday_name(day).empty();
}

}  // namespace tasuki
