// Dates of the Japanese calendar (和暦): 明治 大正 昭和 平成 令和, as forms, claims and letters
// write them.
//
//   平成31年4月30日  令和元年5月1日  令和６年４月１５日  S64.1.7  R6/4/15  昭27-03-14  5060415 (era
//   digit, claims)  R060415
//
// An era's last year and the next era's first share a calendar year. Systems go on counting past an
// era's end (平成32年, S64 after 7 January): such dates are read, and said to be so. A date before
// its era began is refused.
//
// masters.md 7; 元号を改める政令; 改暦 1873 (earlier dates are taken in the Gregorian calendar all
// the same).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tasuki {

struct WarekiDate {
  std::chrono::year_month_day date;
  bool is_past_era_end = false;  // worth a finding "date.era-overrun"
  bool operator==(const WarekiDate&) const = default;
};

std::optional<WarekiDate> read_wareki(std::string_view utf8);

// The date alone. Nothing for what is no date, a year zero included.
std::optional<std::chrono::year_month_day> parse_wareki(std::string_view utf8);

enum class WarekiForm : uint8_t {
  written,  // 令和元年5月1日
  letter,   // R1.5.1
  digits,   // 5010501: era digit, as in claims (GYYMMDD)
};
// Empty before 1868-01-25.
std::string print_wareki(std::chrono::year_month_day date, WarekiForm form = WarekiForm::written);

}  // namespace tasuki
