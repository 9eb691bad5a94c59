#include "base/wareki.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.h"

namespace tasuki {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

struct Era {
  std::string_view name, short_name, sign;  // 令和, 令, ㋿
  char letter, digit;
  year_month_day first_day;
};

constexpr Era eras[] = {
    {"明治", "明", "㍾", 'M', '1', year(1868) / 1 / 25},
    {"大正", "大", "㍽", 'T', '2', year(1912) / 7 / 30},
    {"昭和", "昭", "㍼", 'S', '3', year(1926) / 12 / 25},
    {"平成", "平", "㍻", 'H', '4', year(1989) / 1 / 8},
    {"令和", "令", "㋿", 'R', '5', year(2019) / 5 / 1},
};
constexpr int overrun_years_max = 10;  // 平成40年 is a slip of the pen, 平成41年 of something else

// Full-width letters, digits and marks to ASCII; every kind of blank left out.
std::string plain(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto point = utf8::first(text);
    text.remove_prefix(point.size);
    if (point.value == ' ' || point.value == 0x3000 || point.value == '\t') continue;
    utf8::append(
        out, point.value >= 0xFF01 && point.value <= 0xFF5E ? point.value - 0xFEE0 : point.value);
  }
  return out;
}

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<int> number(std::string_view& text, size_t digits_max) {
  size_t count = 0;
  int value = 0;
  while (count < digits_max && count < text.size() && text[count] >= '0' && text[count] <= '9')
    value = value * 10 + (text[count++] - '0');
  text.remove_prefix(count);
  return count == 0 ? std::nullopt : std::optional(value);
}

const Era* take_era(std::string_view& text) {
  for (const auto& era : eras) {
    if (skip(text, era.name) || skip(text, era.sign) || skip(text, era.short_name)) return &era;
    const char lower = static_cast<char>(era.letter + 32);
    if (skip(text, std::string_view(&era.letter, 1)) || skip(text, std::string_view(&lower, 1)))
      return &era;
  }
  return nullptr;
}

bool is_compact(std::string_view text, size_t size) {
  return text.size() == size &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<WarekiDate> date_in(const Era& era, int era_year, int month_number, int day_number) {
  const year_month_day date(year(static_cast<int>(era.first_day.year()) + era_year - 1),
                            month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number)));
  if (era_year < 1 || !date.ok() || date < era.first_day) return std::nullopt;
  const bool is_last = &era == &eras[std::size(eras) - 1];
  const bool is_past = !is_last && date >= (&era + 1)->first_day;
  if (is_past && date.year() > (&era + 1)->first_day.year() + std::chrono::years(overrun_years_max))
    return std::nullopt;
  return WarekiDate{date, is_past};
}

bool skip_separator(std::string_view& text, std::string_view word) {
  return skip(text, word) || skip(text, ".") || skip(text, "/") || skip(text, "-");
}

}  // namespace

std::optional<WarekiDate> read_wareki(std::string_view utf8) {
  const std::string ascii = plain(utf8);
  std::string_view text(ascii);
  const Era* era = nullptr;
  if (is_compact(text, 7) && text.front() >= '1' && text.front() <= '5') {
    era = &eras[text.front() - '1'];
    text.remove_prefix(1);
  } else {
    era = take_era(text);
  }
  if (era == nullptr) return std::nullopt;
  const bool compact = is_compact(text, 6);
  const auto era_year = skip(text, "元") ? std::optional(1) : number(text, 2);
  if (!era_year || (!compact && !skip_separator(text, "年"))) return std::nullopt;
  const auto month_number = number(text, 2);
  if (!month_number || (!compact && !skip_separator(text, "月"))) return std::nullopt;
  const auto day_number = number(text, 2);
  skip(text, "日");
  if (!day_number || !text.empty()) return std::nullopt;
  return date_in(*era, *era_year, *month_number, *day_number);
}

std::optional<year_month_day> parse_wareki(std::string_view utf8) {
  const auto read = read_wareki(utf8);
  return read ? std::optional(read->date) : std::nullopt;
}

std::string print_wareki(year_month_day date, WarekiForm form) {
  const auto after = std::ranges::upper_bound(eras, date, {}, &Era::first_day);
  if (!date.ok() || after == std::begin(eras)) return {};
  const Era& era = *(after - 1);
  const int era_year = static_cast<int>(date.year()) - static_cast<int>(era.first_day.year()) + 1;
  const unsigned month_number = static_cast<unsigned>(date.month()),
                 day_number = static_cast<unsigned>(date.day());
  if (form == WarekiForm::letter)
    return fmt::format("{}{}.{}.{}", era.letter, era_year, month_number, day_number);
  if (form == WarekiForm::digits)
    return fmt::format("{}{:02}{:02}{:02}", era.digit, era_year, month_number, day_number);
  return fmt::format("{}{}年{}月{}日", era.name,
                     era_year == 1 ? std::string("元") : std::to_string(era_year), month_number,
                     day_number);
}

}  // namespace tasuki
