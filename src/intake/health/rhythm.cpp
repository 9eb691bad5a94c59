#include "intake/health/rhythm.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/holiday.h"

namespace tasuki::intake::health {
namespace {

using std::chrono::minutes;

constexpr auto half_hour_length = minutes(30);
constexpr auto horizon = std::chrono::days(14);
constexpr double memory = 8;        // half hours of a kind that are remembered in full
constexpr double prior_weight = 1;  // what the other weekdays count for, in half hours
constexpr size_t rest_day = 6, saturday = 5;
constexpr std::string_view rhythm_word = "rhythm-1";

}  // namespace

Instant half_hour_of(Instant at) {
  return std::chrono::floor<std::chrono::duration<int64_t, std::ratio<1800>>>(at);
}

Place place_of(Instant at) {
  const Instant local = at + japan_offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const unsigned weekday = std::chrono::weekday(day).iso_encoding() - 1;  // Monday 0
  return {.kind = is_rest_day(date) ? rest_day : weekday,
          .half_hour = static_cast<size_t>((local - day) / half_hour_length)};
}

void Rhythm::learn(Instant begin, uint64_t count) {
  const Place place = place_of(begin);
  Slot& slot = slots_[place.kind][place.half_hour];
  slot.weight = std::min(slot.weight + 1, memory);
  slot.mean += (static_cast<double>(count) - slot.mean) / slot.weight;
  ++slots_learned_;
  const size_t from = place.kind < saturday ? 0 : place.kind;
  const size_t to = place.kind < saturday ? saturday : place.kind + 1;
  const size_t first = place.half_hour == 0 ? 0 : place.half_hour - 1;
  for (size_t kind = from; kind < to; ++kind)
    for (size_t half_hour = first; half_hour < std::min(place.half_hour + 2, half_hours);
         ++half_hour)
      settle(kind, half_hour);
}

// The slot's own mean; while it is young, together with that of the other days that are like it.
double Rhythm::plain_mean(size_t kind, size_t half_hour) const {
  const Slot& own = slots_[kind][half_hour];
  if (kind >= saturday) return own.mean;
  double sum = 0, weight = 0;
  for (size_t other = 0; other < saturday; ++other) {
    const Slot& slot = slots_[other][half_hour];
    sum += slot.mean * slot.weight;
    weight += slot.weight;
  }
  if (weight == 0) return 0;
  return (own.mean * own.weight + sum / weight * prior_weight) / (own.weight + prior_weight);
}

void Rhythm::settle(size_t kind, size_t half_hour) {
  const double here = plain_mean(kind, half_hour);
  const double before = half_hour == 0 ? here : plain_mean(kind, half_hour - 1);
  const double after = half_hour + 1 == half_hours ? here : plain_mean(kind, half_hour + 1);
  const double usual = std::min(here, before / 4 + here / 2 + after / 4);
  week_ += usual - usual_[kind][half_hour];
  usual_[kind][half_hour] = usual;
}

double Rhythm::an_hour(Instant at) const {
  const Place place = place_of(at);
  return 2 * usual_[place.kind][place.half_hour];
}

double Rhythm::expected(Instant from, Instant to) const {
  to = std::min(to, from + horizon);
  double sum = 0;
  while (from < to) {
    const Instant end = std::min(half_hour_of(from) + half_hour_length, to);
    sum += an_hour(from) * std::chrono::duration<double, std::ratio<3600>>(end - from).count();
    from = end;
  }
  return sum;
}

std::optional<Instant> Rhythm::when(Instant from, double amount) const {
  const Instant last = from + horizon;
  while (from < last) {
    const Instant end = half_hour_of(from) + half_hour_length;
    const double hours = std::chrono::duration<double, std::ratio<3600>>(end - from).count();
    const double rate = an_hour(from);
    if (rate * hours >= amount && rate > 0)
      return from + minutes(static_cast<int64_t>(std::ceil(amount / rate * 60)));
    amount -= rate * hours;
    from = end;
  }
  return std::nullopt;
}

std::string Rhythm::text() const {
  std::string text = fmt::format("{} {}", rhythm_word, slots_learned_);
  for (const auto& day : slots_)
    for (const Slot& slot : day)
      text += fmt::format(" {:.9g} {:g}", slot.mean, slot.weight);
  return text;
}

Result<Rhythm> Rhythm::of_text(std::string_view text) {
  const Error wrong{Error::Kind::invalid, "Not a feed's learned rhythm.", {}};
  if (!text.starts_with(rhythm_word)) return wrong;
  text.remove_prefix(rhythm_word.size());
  const auto number = [&text](auto& value) {
    while (text.starts_with(' '))
      text.remove_prefix(1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<size_t>(read.ptr - text.data()));
    return read.ec == std::errc();
  };
  Rhythm rhythm;
  if (!number(rhythm.slots_learned_)) return wrong;
  for (auto& day : rhythm.slots_)
    for (Slot& slot : day)
      if (!number(slot.mean) || !number(slot.weight) || slot.mean < 0 || slot.weight < 0 ||
          !std::isfinite(slot.mean) || !std::isfinite(slot.weight))
        return wrong;
  if (!text.empty()) return wrong;
  for (size_t kind = 0; kind < kinds_of_day; ++kind)
    for (size_t half_hour = 0; half_hour < half_hours; ++half_hour)
      rhythm.settle(kind, half_hour);
  return rhythm;
}

}  // namespace tasuki::intake::health
