// Of the brute-force oracle: decimals and moments, worked out anew with whole numbers.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace tasuki::record::oracle {

// In millionths, exactly: "5.4" is 5'400'000. Five decimals at most, so that half of the last one
// is whole.
struct Range {
  int64_t value = 0, from = 0, to = 0;
};
constexpr int64_t unit = 1'000'000;

inline std::optional<Range> decimal(std::string_view text) {
  bool negative = false;
  if (text.starts_with('-')) negative = true, text.remove_prefix(1);
  int64_t value = 0, place = unit;
  bool after_point = false;
  if (text.empty() || text.size() > 12) return std::nullopt;
  for (const char c : text) {
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (after_point) {
      place /= 10;
      if (place < 10) return std::nullopt;
      value += (c - '0') * place;
    } else {
      value = value * 10 + (c - '0') * unit;
      if (value > 1'000'000 * unit) return std::nullopt;
    }
  }
  if (negative) value = -value;
  return Range{value, value - place / 2, value + place / 2};
}

// [from, to) in microseconds.
struct Span {
  int64_t from = std::numeric_limits<int64_t>::min(), to = std::numeric_limits<int64_t>::max();
};

inline int64_t days_before_year(int64_t year) {  // since 0000-01-01, proleptic Gregorian
  return year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}
inline bool is_leap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
inline int64_t days(int64_t year, int64_t month) {  // before the first of the month
  constexpr int64_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  if (month == 13) return days_before_year(year + 1);
  return days_before_year(year) + before[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

inline std::optional<int64_t> digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int64_t value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Without a zone it is Japan's.
inline std::optional<Span> moment(std::string_view text) {
  constexpr int64_t second = 1'000'000, day = 86'400 * second, japan = 9 * 3600 * second;
  const int64_t epoch = days_before_year(1970);
  const auto year = digits(text, 0, 4);
  if (!year) return std::nullopt;
  const auto at = [&](int64_t count) { return (count - epoch) * day - japan; };
  if (text.size() == 4) return Span{at(days(*year, 1)), at(days(*year + 1, 1))};
  const auto month = digits(text, 5, 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  if (text.size() == 7) return Span{at(days(*year, *month)), at(days(*year, *month + 1))};
  const auto of_month = digits(text, 8, 2);
  if (!of_month) return std::nullopt;
  const int64_t date = days(*year, *month) + *of_month - 1;
  if (text.size() == 10) return Span{at(date), at(date + 1)};
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2);
  if (!hour || !minute) return std::nullopt;
  int64_t from = (date - epoch) * day + (*hour * 60 + *minute) * 60 * second;
  int64_t length = 60 * second;
  size_t end = 16;
  if (text.size() > end && text[end] == ':') {
    from += digits(text, 17, 2).value_or(0) * second;
    length = second;
    end = 19;
  }
  if (text.size() > end && text[end] == '.') {
    for (++end; end < text.size() && text[end] >= '0' && text[end] <= '9'; ++end) {
      if (length == 1) continue;
      length /= 10;
      from += (text[end] - '0') * length;
    }
  }
  const auto zone = text.substr(end);
  int64_t offset = japan;
  if (zone == "Z") offset = 0;
  if (zone.size() == 6)
    offset = (zone[0] == '-' ? -1 : 1) *
             (digits(zone, 1, 2).value_or(0) * 60 + digits(zone, 4, 2).value_or(0)) * 60 * second;
  return Span{from - offset, from - offset + length};
}

}  // namespace tasuki::record::oracle
