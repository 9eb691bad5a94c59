// What a feed usually delivers: messages an hour, by kind of day and half hour of the day, learned
// from what came.
//
// Why: the fault a hospital fears most is silence, and what silence is differs between a laboratory
// at ten and a clinic on a Wednesday afternoon. Nobody sets such limits by hand. mapping.md "Health
// in plain Japanese".
//
// Kinds of day: Monday to Saturday, and days of rest (base/holiday.h), Japan time. A half hour's
// rate is a mean that forgets (about eight of its kind back), leaning on its neighbours and, while
// few days are known, on the other weekdays.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tasuki::intake::health {

class Rhythm {
 public:
  static constexpr size_t kinds_of_day = 7, half_hours = 48;

  // A finished half hour: how many came in it. Times in which the feed was broken are not told.
  void learn(Instant begin, uint64_t count);

  // Messages expected between two instants; at most a fortnight is counted.
  double expected(Instant from, Instant to) const;
  // The first minute at which `amount` messages are expected after `from`; nothing within a
  // fortnight.
  std::optional<Instant> when(Instant from, double amount) const;
  double an_hour(Instant at) const;             // the rate then
  double a_month() const { return 4 * week_; }  // messages expected in four usual weeks
  double days_learned() const { return static_cast<double>(slots_learned_) / half_hours; }

  // One line of text and back, for the record's small items. Errors: not such a line.
  std::string text() const;
  static Result<Rhythm> of_text(std::string_view text);

 private:
  struct Slot {
    double mean = 0;    // messages in the half hour
    double weight = 0;  // half hours learned, forgotten ones less
  };
  double plain_mean(size_t kind, size_t half_hour) const;
  void settle(size_t kind, size_t half_hour);

  std::array<std::array<Slot, half_hours>, kinds_of_day> slots_{};
  std::array<std::array<double, half_hours>, kinds_of_day> usual_{};  // what follows from slots_
  double week_ = 0;                                                   // the sum of usual_
  uint64_t slots_learned_ = 0;
};

// Where an instant stands in the week: 0 Monday ... 5 Saturday, 6 a day of rest; the half hour of
// the day in Japan.
struct Place {
  size_t kind = 0, half_hour = 0;
};
Place place_of(Instant at);
Instant half_hour_of(Instant at);  // its beginning

}  // namespace tasuki::intake::health
