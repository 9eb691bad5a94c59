#include "fhir/search/moment.h"

#include <charconv>
#include <chrono>

namespace tasuki::fhir::search {
namespace {

using namespace std::chrono;

// Takes text from the front as it is understood.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits, of a value no higher than max.
  std::optional<int> number(size_t digits, int max) {
    if (text_.size() < digits) return std::nullopt;
    int value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    if (value > max) return std::nullopt;
    text_.remove_prefix(digits);
    return value;
  }
  // Digits after the point, to microseconds; finer ones are dropped. The unit of the last digit is
  // the precision.
  std::optional<std::pair<int64_t, int64_t>> fraction() {
    int64_t value = 0, unit = 1'000'000;
    size_t count = 0;
    for (; count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count) {
      if (unit == 1) continue;
      unit /= 10;
      value += (text_[count] - '0') * unit;
    }
    if (count == 0) return std::nullopt;
    text_.remove_prefix(count);
    return std::pair{value, unit};
  }

 private:
  std::string_view text_;
};

constexpr int64_t second = 1'000'000, minute_of_time = 60 * second;

int64_t at_midnight(sys_days day, int64_t offset) {
  return duration_cast<microseconds>(day.time_since_epoch()).count() - offset;
}

// "Z", "+09:00", or nothing, which is the default zone.
std::optional<int64_t> offset(Reader& reader, int64_t default_offset) {
  if (reader.done()) return default_offset;
  if (reader.take('Z')) return reader.done() ? std::optional(int64_t{0}) : std::nullopt;
  const bool behind = reader.take('-');
  if (!behind && !reader.take('+') && !reader.take(' ')) return std::nullopt;
  const auto hours = reader.number(2, 14);
  if (!hours || !reader.take(':')) return std::nullopt;
  const auto minutes = reader.number(2, 59);
  if (!minutes || !reader.done()) return std::nullopt;
  const int64_t value = (*hours * 60 + *minutes) * minute_of_time;
  return behind ? -value : value;
}

std::optional<Moment> time_of(Reader& reader, sys_days day, int64_t default_offset) {
  const auto hour = reader.number(2, 23);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 59);
  if (!minute) return std::nullopt;
  int64_t at = (*hour * 60 + *minute) * minute_of_time, unit = minute_of_time;
  if (reader.take(':')) {
    const auto seconds = reader.number(2, 60);  // 60: a leap second
    if (!seconds) return std::nullopt;
    at += *seconds * second;
    unit = second;
    if (reader.take('.')) {
      const auto fraction = reader.fraction();
      if (!fraction) return std::nullopt;
      at += fraction->first;
      unit = fraction->second;
    }
  }
  const auto written = offset(reader, default_offset);
  if (!written) return std::nullopt;
  const int64_t from = at_midnight(day, *written) + at;
  return Moment{from, from + unit};
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text, minutes zone) {
  Reader reader(text);
  const int64_t offset_of_zone = microseconds(zone).count();
  const auto y = reader.number(4, 9999);
  if (!y) return std::nullopt;
  const year written(*y);
  if (reader.done())
    return Moment{at_midnight(written / 1 / 1, offset_of_zone),
                  at_midnight((written + years(1)) / 1 / 1, offset_of_zone)};
  if (!reader.take('-')) return std::nullopt;
  const auto m = reader.number(2, 12);
  if (!m || *m == 0) return std::nullopt;
  const year_month of(written, month(static_cast<unsigned>(*m)));
  if (reader.done())
    return Moment{at_midnight(of / 1, offset_of_zone),
                  at_midnight((of + months(1)) / 1, offset_of_zone)};
  if (!reader.take('-')) return std::nullopt;
  const auto d = reader.number(2, 31);
  if (!d) return std::nullopt;
  const year_month_day date = of / *d;
  if (!date.ok()) return std::nullopt;
  if (reader.done())
    return Moment{at_midnight(date, offset_of_zone),
                  at_midnight(sys_days(date) + days(1), offset_of_zone)};
  if (!reader.take('T')) return std::nullopt;
  return time_of(reader, date, offset_of_zone);
}

}  // namespace tasuki::fhir::search
