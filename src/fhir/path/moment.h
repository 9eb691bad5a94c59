// Dates, times and their precision: what is written is what is known.
//
// Why: 2012 and 2012-04 are neither equal nor unequal, so most answers here may be "not known".
//
// Standard: FHIRPath N1 2.1 (Date, DateTime, Time), 6.1.1, 6.2 (comparison), 6.6.7 (arithmetic);
// FHIR R4 datatypes.html#dateTime.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace tasuki::fhir::path {

// Also the calendar durations: "4 days".
enum class Precision : uint8_t { none, year, month, week, day, hour, minute, second, millisecond };

// "years", "day": nothing for any other word.
std::optional<Precision> calendar_unit(std::string_view word);
// "a", "mo", "wk", "d", "h", "min", "s", "ms".
std::optional<Precision> calendar_of_ucum(std::string_view code);
std::string_view calendar_word(Precision unit);  // "years"
std::string_view ucum_of_calendar(Precision unit);

struct Moment {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int nanosecond = 0, fraction_digits = 0;  // of the second
  Precision precision = Precision::none;    // the last part that is known: year to second
  bool is_time = false, has_time = false;   // @T12:00; a dateTime, even "2015T"
  std::optional<int> offset{};              // minutes east of UTC

  // "2015-02", "2015-02-04T14:34:28.123+10:00", "T14:30", "14:30" where a time is asked for.
  static std::optional<Moment> parse(std::string_view text);
  static std::optional<Moment> parse_time(std::string_view text);

  std::string text() const;  // a time without T
  Moment cut(Precision to) const;
};

// Nothing where it cannot be told: different precision, one with a zone and one without.
std::optional<std::strong_ordering> order(const Moment& left, const Moment& right);

// Whole units only; the last day of a month stays one. Nothing when out of range, or a time is
// asked to move by days or more.
std::optional<Moment> plus(const Moment& moment, const Decimal& amount, Precision unit);

// The first or last instant it may stand for, to so many digits: 4 year, 6 month, 8 day, 12 hours
// with minutes, 14 seconds, 17 milliseconds; of a time 2 to 9.
std::optional<Moment> boundary(const Moment& moment, bool is_high, int digits);
int digits_of(const Moment& moment);

}  // namespace tasuki::fhir::path
