#include "fhir/path/moment.h"

#include <fmt/core.h>

#include <array>
#include <chrono>

namespace tasuki::fhir::path {
namespace {

struct Word {
  std::string_view one, many, ucum;
  Precision unit;
};
constexpr std::array<Word, 8> words = {{
    {"year", "years", "a", Precision::year},
    {"month", "months", "mo", Precision::month},
    {"week", "weeks", "wk", Precision::week},
    {"day", "days", "d", Precision::day},
    {"hour", "hours", "h", Precision::hour},
    {"minute", "minutes", "min", Precision::minute},
    {"second", "seconds", "s", Precision::second},
    {"millisecond", "milliseconds", "ms", Precision::millisecond},
}};

// A text read from the left; `ok` turns false at the first thing that does not fit.
struct Reader {
  std::string_view text;
  bool ok = true;

  bool at(char c) const { return ok && text.starts_with(c); }
  bool take(char c) {
    if (!at(c)) return false;
    text.remove_prefix(1);
    return true;
  }
  int number(size_t digits, int low, int high) {
    int result = 0;
    ok = ok && text.size() >= digits;
    for (size_t i = 0; ok && i < digits; ++i) {
      ok = text[i] >= '0' && text[i] <= '9';
      result = result * 10 + (text[i] - '0');
    }
    if (ok) text.remove_prefix(digits);
    ok = ok && result >= low && result <= high;
    return result;
  }
};

bool is_real_day(const Moment& moment) {
  using namespace std::chrono;
  return year_month_day(year(moment.year), month(static_cast<unsigned>(moment.month)),
                        day(static_cast<unsigned>(moment.day)))
      .ok();
}

void read_clock(Reader& reader, Moment& moment) {
  moment.hour = reader.number(2, 0, 23);
  moment.precision = Precision::hour;
  if (!reader.take(':')) return;
  moment.minute = reader.number(2, 0, 59);
  moment.precision = Precision::minute;
  if (!reader.take(':')) return;
  moment.second = reader.number(2, 0, 60);
  moment.precision = Precision::second;
  if (!reader.take('.')) return;
  int place = 100'000'000;
  while (reader.ok && !reader.text.empty() && reader.text[0] >= '0' && reader.text[0] <= '9') {
    moment.nanosecond += (reader.text[0] - '0') * place;
    place /= 10;
    ++moment.fraction_digits;
    reader.text.remove_prefix(1);
  }
  reader.ok = moment.fraction_digits > 0 && moment.fraction_digits <= 9;
}

void read_zone(Reader& reader, Moment& moment) {
  if (reader.take('Z')) {
    moment.offset = 0;
  } else if (reader.at('+') || reader.at('-')) {
    const int sign = reader.at('+') ? 1 : -1;
    reader.text.remove_prefix(1);
    const int hours = reader.number(2, 0, 14);
    reader.ok = reader.take(':');
    moment.offset = sign * (hours * 60 + reader.number(2, 0, 59));
  }
}

int64_t days_of(const Moment& moment) {
  using namespace std::chrono;
  return sys_days(year_month_day(year(moment.year), month(static_cast<unsigned>(moment.month)),
                                 day(static_cast<unsigned>(moment.day))))
      .time_since_epoch()
      .count();
}

void set_days(Moment& moment, int64_t count) {
  using namespace std::chrono;
  const year_month_day date{sys_days{days{count}}};
  moment.year = static_cast<int>(date.year());
  moment.month = static_cast<int>(static_cast<unsigned>(date.month()));
  moment.day = static_cast<int>(static_cast<unsigned>(date.day()));
}

constexpr int64_t second_ns = 1'000'000'000, day_ns = 86'400 * second_ns;

int64_t clock_of(const Moment& moment) {
  // The leap second 60 counts as the second before it: there is no second after to move to.
  const int64_t second = std::min(moment.second, 59);
  return ((moment.hour * 60 + moment.minute) * 60 + second) * second_ns + moment.nanosecond;
}

// Moves the clock by nanoseconds; a date takes the days that result, a time goes round.
void add_clock(Moment& moment, int64_t amount) {
  int64_t days = amount / day_ns;
  int64_t clock = clock_of(moment) + amount % day_ns;
  if (clock < 0) clock += day_ns, --days;
  if (clock >= day_ns) clock -= day_ns, ++days;
  if (!moment.is_time) set_days(moment, days_of(moment) + days);
  moment.nanosecond = static_cast<int>(clock % second_ns);
  moment.second = static_cast<int>(clock / second_ns % 60);
  moment.minute = static_cast<int>(clock / (60 * second_ns) % 60);
  moment.hour = static_cast<int>(clock / (3600 * second_ns));
}

Moment in_utc(Moment moment) {
  add_clock(moment, -int64_t{*moment.offset} * 60 * second_ns);
  return moment;
}

std::array<int, 7> parts_of(const Moment& moment) {
  return {moment.year,   moment.month,  moment.day,       moment.hour,
          moment.minute, moment.second, moment.nanosecond};
}

size_t known_parts(Precision precision) {
  switch (precision) {
    case Precision::year:
      return 1;
    case Precision::month:
      return 2;
    case Precision::day:
      return 3;
    case Precision::hour:
      return 4;
    case Precision::minute:
      return 5;
    default:
      return 7;  // seconds and their fraction are one number. FHIRPath N1 6.1.1
  }
}

int days_in_month(int year_number, int month_number) {
  using namespace std::chrono;
  const auto last = year_month_day_last(year(year_number),
                                        month_day_last(month(static_cast<unsigned>(month_number))));
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

bool add_months(Moment& moment, int64_t months) {
  const int64_t total = int64_t{moment.year} * 12 + moment.month - 1 + months;
  if (total < 12 || total >= 120'000) return false;
  moment.year = static_cast<int>(total / 12);
  moment.month = static_cast<int>(total % 12) + 1;
  moment.day = std::min(moment.day, days_in_month(moment.year, moment.month));
  return true;
}

}  // namespace

std::optional<Precision> calendar_unit(std::string_view word) {
  for (const auto& each : words) {
    if (each.one == word || each.many == word) return each.unit;
  }
  return std::nullopt;
}

std::optional<Precision> calendar_of_ucum(std::string_view code) {
  for (const auto& each : words) {
    if (each.ucum == code) return each.unit;
  }
  return std::nullopt;
}

std::string_view calendar_word(Precision unit) {
  return words[static_cast<size_t>(unit) - 1].many;
}
std::string_view ucum_of_calendar(Precision unit) {
  return words[static_cast<size_t>(unit) - 1].ucum;
}

std::optional<Moment> Moment::parse(std::string_view text) {
  if (text.starts_with('T')) return parse_time(text);
  Reader reader{text};
  Moment moment;
  moment.year = reader.number(4, 0, 9999);
  moment.precision = Precision::year;
  if (reader.take('-')) {
    moment.month = reader.number(2, 1, 12);
    moment.precision = Precision::month;
    if (reader.take('-')) {
      moment.day = reader.number(2, 1, 31);
      moment.precision = Precision::day;
      if (reader.ok && !is_real_day(moment)) return std::nullopt;
    }
  }
  if (reader.take('T')) {
    moment.has_time = true;
    if (!reader.text.empty() && moment.precision == Precision::day) {
      read_clock(reader, moment);
      read_zone(reader, moment);
    }
  }
  if (!reader.ok || !reader.text.empty()) return std::nullopt;
  return moment;
}

std::optional<Moment> Moment::parse_time(std::string_view text) {
  Reader reader{text};
  reader.take('T');
  Moment moment;
  moment.is_time = true;
  read_clock(reader, moment);
  if (!reader.ok || !reader.text.empty()) return std::nullopt;
  return moment;
}

std::string Moment::text() const {
  std::string out;
  if (!is_time) {
    out = fmt::format("{:04}", year);
    if (precision >= Precision::month) out += fmt::format("-{:02}", month);
    if (precision >= Precision::day) out += fmt::format("-{:02}", day);
    if (precision < Precision::hour) return out;
    out += 'T';
  }
  out += fmt::format("{:02}", hour);
  if (precision >= Precision::minute) out += fmt::format(":{:02}", minute);
  if (precision >= Precision::second) out += fmt::format(":{:02}", second);
  if (precision >= Precision::second && fraction_digits > 0)
    out += fmt::format(".{:09}", nanosecond).substr(0, static_cast<size_t>(fraction_digits) + 1);
  if (offset && *offset == 0) return out + "Z";
  if (offset)
    out += fmt::format("{}{:02}:{:02}", *offset < 0 ? '-' : '+', std::abs(*offset) / 60,
                       std::abs(*offset) % 60);
  return out;
}

Moment Moment::cut(Precision to) const {
  Moment result = *this;
  result.precision = std::min(precision, to);
  if (to <= Precision::day) result.offset.reset();
  return result;
}

std::optional<std::strong_ordering> order(const Moment& left, const Moment& right) {
  if (left.is_time != right.is_time) return std::nullopt;
  Moment a = left, b = right;
  if (a.offset && b.offset) {
    a = in_utc(a);
    b = in_utc(b);
  }
  const size_t known = std::min(known_parts(a.precision), known_parts(b.precision));
  // One zone is not known, and it can be anything from -12 to +14 hours.
  const bool is_zone_open = a.offset.has_value() != b.offset.has_value() && known > 3;
  if (is_zone_open && std::abs(days_of(a) - days_of(b)) < 2) return std::nullopt;
  const auto first = parts_of(a), second = parts_of(b);
  for (size_t i = left.is_time ? 3 : 0; i < known; ++i) {
    if (first[i] != second[i]) return first[i] <=> second[i];
  }
  if (known_parts(a.precision) != known_parts(b.precision)) return std::nullopt;
  return std::strong_ordering::equal;
}

namespace {

// A duration in units no finer than the moment's own precision: 364 days are no year yet. FHIRPath
// N1 6.6.7.
struct Step {
  int64_t amount = 0;
  Precision unit = Precision::none;
};
Step coarsened(Step step, Precision precision) {
  constexpr std::array<int64_t, 9> down = {0, 0, 12, 0, 30, 24, 60, 60, 1000};
  if (step.unit == Precision::week) step = {step.amount * 7, Precision::day};
  if (precision == Precision::second) return step;
  while (step.unit > precision) {
    if (step.unit == Precision::day && precision == Precision::year) {
      return {step.amount / 365, Precision::year};
    }
    step.amount /= down[static_cast<size_t>(step.unit)];
    const bool skips_week = step.unit == Precision::day;
    step.unit = static_cast<Precision>(static_cast<int>(step.unit) - (skips_week ? 2 : 1));
  }
  return step;
}

}  // namespace

std::optional<Moment> plus(const Moment& moment, const Decimal& amount, Precision unit) {
  const auto whole = amount.rounded(0, Decimal::Rounding::down);
  const auto count = whole ? whole->integer() : std::nullopt;
  if (!count || std::abs(*count) > 4'000'000'000'000) return std::nullopt;
  if (moment.is_time && unit <= Precision::day) return std::nullopt;
  const auto step = coarsened({*count, unit}, moment.precision);
  Moment result = moment;
  switch (step.unit) {
    case Precision::year:
      if (std::abs(step.amount) > 10'000 || !add_months(result, step.amount * 12))
        return std::nullopt;
      return result;
    case Precision::month:
      if (std::abs(step.amount) > 120'000 || !add_months(result, step.amount)) return std::nullopt;
      return result;
    default:
      break;
  }
  constexpr std::array<int64_t, 9> milliseconds = {0,         0,      0,    0, 86'400'000,
                                                   3'600'000, 60'000, 1000, 1};
  const int64_t scale = milliseconds[static_cast<size_t>(step.unit)];
  if (std::abs(step.amount) > 315'537'897'600'000 / scale) return std::nullopt;
  const int64_t moved = step.amount * scale;
  if (!result.is_time) set_days(result, days_of(result) + moved / 86'400'000);
  add_clock(result, moved % 86'400'000 * 1'000'000);
  if (step.unit == Precision::millisecond && result.fraction_digits < 3) result.fraction_digits = 3;
  if (!result.is_time && (result.year < 1 || result.year > 9999)) return std::nullopt;
  return result;
}

int digits_of(const Moment& moment) {
  const int base = moment.is_time ? -8 : 0;
  switch (moment.precision) {
    case Precision::year:
      return 4;
    case Precision::month:
      return 6;
    case Precision::day:
      return 8;
    case Precision::hour:
      return base + 10;
    case Precision::minute:
      return base + 12;
    default:
      return base + (moment.fraction_digits > 0 ? 17 : 14);
  }
}

std::optional<Moment> boundary(const Moment& moment, bool is_high, int digits) {
  constexpr std::array<int, 7> steps = {4, 6, 8, 10, 12, 14, 17};
  constexpr std::array<Precision, 7> precisions = {
      Precision::year,   Precision::month,  Precision::day,   Precision::hour,
      Precision::minute, Precision::second, Precision::second};
  const int all = moment.is_time ? digits + 8 : digits;
  size_t place = 0;
  while (place < steps.size() && steps[place] != all)
    ++place;
  if (place == steps.size() || (moment.is_time && place < 3)) return std::nullopt;
  Moment result = moment;
  if (!moment.is_time && moment.precision < Precision::month) result.month = is_high ? 12 : 1;
  if (!moment.is_time && moment.precision < Precision::day)
    result.day = is_high ? days_in_month(result.year, result.month) : 1;
  if (moment.precision < Precision::hour) result.hour = is_high ? 23 : 0;
  // Minutes are never left out beside hours (FHIR R4 datatypes.html#dateTime): T08 is T08:00.
  if (moment.precision < Precision::hour) result.minute = is_high ? 59 : 0;
  if (moment.precision < Precision::second) result.second = is_high ? 59 : 0;
  if (moment.precision < Precision::second || moment.fraction_digits == 0)
    result.nanosecond = is_high ? 999'000'000 : 0;
  result.precision = precisions[place];
  result.fraction_digits = steps[place] == 17 ? 3 : 0;
  if (steps[place] >= 10 && !moment.is_time) {
    result.has_time = true;
    // The earliest instant is in the easternmost zone.
    if (!result.offset) result.offset = is_high ? -12 * 60 : 14 * 60;
  } else {
    result.offset.reset();
  }
  return result;
}

}  // namespace tasuki::fhir::path
