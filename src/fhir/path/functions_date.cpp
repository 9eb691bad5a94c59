// The clock, and the parts of dates and times. FHIRPath N1 6.7 (current date and time); trial use,
// 3.0: yearOf and its like.
#include <fmt/core.h>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"

namespace tasuki::fhir::path {
namespace {

// "2026-11-25T22:40:58.000+09:00", in the environment's zone.
std::string clock_text(Call& call) {
  using namespace std::chrono;
  const auto offset = call.evaluator.environment.offset;
  const auto local = floor<milliseconds>(call.evaluator.now() + offset);
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> time(local - day);
  const auto minutes = std::abs(offset.count());
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}",
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count(),
                     offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void now(Call& call, Items& out) {
  out.push_back(call.evaluator.text(clock_text(call), System::date_time));
}
void today(Call& call, Items& out) {
  out.push_back(call.evaluator.text(clock_text(call).substr(0, 10), System::date));
}
void time_of_day(Call& call, Items& out) {
  out.push_back(call.evaluator.text(clock_text(call).substr(11, 12), System::time));
}

// Also of a text that is a date; nothing for anything else.
std::optional<Moment> moment(Call& call) {
  const auto* item = call.one();
  if (item == nullptr || !item->value.is_string()) return std::nullopt;
  const auto kind = call.kind_of(*item);
  return moment_of(*item, kind == System::time ? kind : System::date_time);
}

template <Precision part>
void part_of(Call& call, Items& out) {
  const auto found = moment(call);
  constexpr bool is_of_date = part <= Precision::day;
  if (!found || (is_of_date && found->is_time)) return;
  constexpr auto needed = part == Precision::millisecond ? Precision::second : part;
  if (found->precision < needed) return;
  switch (part) {
    case Precision::year:
      return out.push_back(call.evaluator.integer(found->year));
    case Precision::month:
      return out.push_back(call.evaluator.integer(found->month));
    case Precision::day:
      return out.push_back(call.evaluator.integer(found->day));
    case Precision::hour:
      return out.push_back(call.evaluator.integer(found->hour));
    case Precision::minute:
      return out.push_back(call.evaluator.integer(found->minute));
    case Precision::second:
      return out.push_back(call.evaluator.integer(found->second));
    default:
      if (found->fraction_digits > 0)
        out.push_back(call.evaluator.integer(found->nanosecond / 1'000'000));
  }
}

// In hours: -7.0.
void timezone_offset_of(Call& call, Items& out) {
  const auto found = moment(call);
  if (!found || !found->offset) return;
  const auto hours = Decimal::of(*found->offset).divided(Decimal(60, 0));
  const auto shown = hours && hours->decimals() < 1 ? hours->rounded(1) : hours;
  if (shown) out.push_back(call.evaluator.decimal(*shown));
}

void date_of(Call& call, Items& out) {
  const auto found = moment(call);
  if (found && !found->is_time)
    out.push_back(call.evaluator.text(found->cut(Precision::day).text(), System::date));
}

void time_of(Call& call, Items& out) {
  auto found = moment(call);
  if (!found || found->precision < Precision::hour) return;
  found->is_time = true;
  found->offset.reset();
  out.push_back(call.evaluator.text(found->text(), System::time));
}

constexpr Function date_table[] = {
    {"now", 0, 0, now},
    {"today", 0, 0, today},
    {"timeOfDay", 0, 0, time_of_day},
    {"yearOf", 0, 0, part_of<Precision::year>},
    {"monthOf", 0, 0, part_of<Precision::month>},
    {"dayOf", 0, 0, part_of<Precision::day>},
    {"hourOf", 0, 0, part_of<Precision::hour>},
    {"minuteOf", 0, 0, part_of<Precision::minute>},
    {"secondOf", 0, 0, part_of<Precision::second>},
    {"millisecondOf", 0, 0, part_of<Precision::millisecond>},
    {"timezoneOffsetOf", 0, 0, timezone_offset_of},
    {"dateOf", 0, 0, date_of},
    {"timeOf", 0, 0, time_of},
};

}  // namespace

std::span<const Function> date_functions() {
  return date_table;
}

}  // namespace tasuki::fhir::path
