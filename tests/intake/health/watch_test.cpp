// Ninety days of invented feeds with injected stops: every stop noticed, hardly a false alarm. The
// feeds' true rhythms stand here and are not known to what is tested.
#include "intake/health/watch.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "base/holiday.h"

namespace tasuki::intake::health {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

Instant on(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day) - japan_offset + hours(hour) +
         minutes(minute);
}

// Asked a minute at a time, so the day is remembered.
bool is_rest(Instant at) {
  static Instant day;
  static bool rest = false;
  if (at < day || at >= day + days(1)) {
    day = std::chrono::floor<days>(at + japan_offset) - japan_offset;
    rest = place_of(at).kind == 6;
  }
  return rest;
}
double hour_of(Instant at) {
  const Instant local = at + japan_offset;
  return std::chrono::duration<double, std::ratio<3600>>(local - std::chrono::floor<days>(local))
      .count();
}

// Messages a minute that this kind of facility truly sends.
double laboratory(Instant at) {
  const double hour = hour_of(at);
  if (is_rest(at)) return 4.0 / 60;
  if (hour >= 8.5 && hour < 12) return 60.0 / 60;
  if (hour >= 12 && hour < 17.5) return 35.0 / 60;
  return 5.0 / 60;
}
double clinic(Instant at) {
  const double hour = hour_of(at);
  const Place place = place_of(at);
  const bool afternoon =
      place.kind != 2 && place.kind != 5;  // closed on Wednesday and Saturday afternoons
  if (is_rest(at)) return 0;
  if (hour >= 9 && hour < 12.5) return 12.0 / 60;
  if (afternoon && hour >= 15 && hour < 18.5) return 10.0 / 60;
  return 0;
}
double ward(Instant at) {
  const double hour = hour_of(at);
  return (hour >= 7 && hour < 21 ? 300.0 : 40.0) / 60 * (is_rest(at) ? 0.7 : 1);
}
// One file a night with everything in it.
double night_batch(Instant at) {
  const double hour = hour_of(at);
  return hour >= 2 && hour < 2.25 ? 40 : 0;
}

struct Kind {
  const char* name;
  double (*rate)(Instant);
  double day_spread;  // how much days differ without a fault
};
const Kind kinds[] = {
    {"laboratory", laboratory, 0.15},
    {"clinic", clinic, 0.2},
    {"ward", ward, 0.1},
    {"night_batch", night_batch, 0.2},
};

struct Stop {
  Instant from, to;
};

// Every four to eight days, two hours to a day long, at any hour.
std::vector<Stop> stops_between(Instant from, Instant to, std::mt19937& dice) {
  std::uniform_int_distribution<int> gap(4 * 24 * 60, 8 * 24 * 60), length(120, 24 * 60);
  std::vector<Stop> stops;
  for (Instant at = from + minutes(gap(dice)); at < to; at += minutes(gap(dice)))
    stops.push_back({at, at + minutes(length(dice))});
  return stops;
}

// The wall time in which a true rhythm sends `amount` from `from` on.
Instant after_messages(double (*rate)(Instant), Instant from, double amount) {
  while (amount > 0) {
    amount -= rate(from);
    from += minutes(1);
  }
  return from;
}

class Simulation : public testing::TestWithParam<Kind> {};

TEST_P(Simulation, stops_are_noticed_and_quiet_is_not_an_alarm) {
  const Kind& kind = GetParam();
  std::mt19937 dice(20261125);
  const Instant begin = on(2026, 3, 2), live = begin + days(28), end = live + days(90);
  const std::vector<Stop> stops = stops_between(live, end, dice);
  ASSERT_GE(stops.size(), 10u);

  Watch watch;
  std::vector<Instant> raised;
  bool standing = false;
  double day_factor = 1;
  for (Instant at = begin; at < end; at += minutes(1)) {
    if (hour_of(at) == 0)
      day_factor = std::exp(std::normal_distribution<double>(0, kind.day_spread)(dice));
    const bool stopped = std::any_of(stops.begin(), stops.end(), [&](const Stop& stop) {
      return at >= stop.from && at < stop.to;
    });
    const double mean = kind.rate(at) * day_factor;
    const int count = stopped || mean <= 0 ? 0 : std::poisson_distribution<int>(mean)(dice);
    watch.arrived(at, static_cast<uint64_t>(count));
    const bool alarm = watch.look(at + minutes(1)).has_value();
    if (alarm && !standing) raised.push_back(at + minutes(1));
    standing = alarm;
  }

  // An interval: the true time of so many messages that their absence is no chance (once in four
  // months of such quiets), or of one night's file.
  const bool batch = kind.rate == night_batch;
  size_t noticed = 0, due = 0, false_alarms = 0;
  for (const Stop& stop : stops) {
    const Instant limit = batch ? after_messages(kind.rate, stop.from, 600) + minutes(30)
                                : after_messages(kind.rate, stop.from, 2 * 14);
    if (limit >= stop.to) continue;  // over before anybody could have known
    ++due;
    noticed += std::any_of(raised.begin(), raised.end(),
                           [&](Instant at) { return at >= stop.from && at <= limit; });
  }
  for (const Instant at : raised)
    false_alarms += std::none_of(stops.begin(), stops.end(), [&](const Stop& stop) {
      return at >= stop.from && at <= stop.to + minutes(1);
    });
  EXPECT_EQ(noticed, due);
  EXPECT_GE(due, 3u);
  EXPECT_LE(false_alarms, 3u);  // one a month
}
INSTANTIATE_TEST_SUITE_P(Feeds, Simulation, testing::ValuesIn(kinds),
                         [](const auto& row) { return row.param.name; });

// Half of the wards stop sending: the stream goes on, and is a trickle.
TEST(Watch, a_trickle_is_told) {
  std::mt19937 dice(7);
  Watch watch;
  const Instant begin = on(2026, 3, 2), half = on(2026, 4, 15, 10, 0);
  std::optional<Alarm> alarm;
  for (Instant at = begin; at < half + hours(3) && !alarm; at += minutes(1)) {
    const double mean = ward(at) * (at < half ? 1 : 0.2);
    watch.arrived(at, static_cast<uint64_t>(std::poisson_distribution<int>(mean)(dice)));
    alarm = watch.look(at + minutes(1));
  }
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->kind, Alarm::Kind::few);
  EXPECT_GE(alarm->since, half - minutes(30));
  EXPECT_LT(static_cast<double>(alarm->came), alarm->expected / 3);
}

TEST(Watch, messages_that_come_late_are_told) {
  Watch watch;
  const Instant begin = on(2026, 3, 2), slow = begin + days(20);
  std::optional<Alarm> alarm;
  for (Instant at = begin; at < slow + hours(2) && !alarm; at += minutes(5)) {
    watch.arrived(at, 1, at < slow ? std::chrono::seconds(40) : std::chrono::hours(2));
    alarm = watch.look(at + minutes(1));
  }
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->kind, Alarm::Kind::late);
  EXPECT_LE(alarm->usual_delay, minutes(2));
}

TEST(Watch, nothing_is_said_while_too_little_is_known) {
  Watch watch;
  watch.arrived(on(2026, 3, 2, 10), 5);
  EXPECT_FALSE(watch.look(on(2026, 3, 9, 10)));
  EXPECT_FALSE(watch.interval(on(2026, 3, 9, 10)));
}

TEST(Watch, is_the_same_after_a_restart) {
  Watch watch;
  for (Instant at = on(2026, 3, 2); at < on(2026, 3, 20); at += minutes(7)) {
    watch.arrived(at, 3, std::chrono::seconds(20));
    (void)watch.look(at);
  }
  const auto again = Watch::of_text(watch.text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text(), watch.text());
  EXPECT_EQ(again->interval(on(2026, 3, 20)), watch.interval(on(2026, 3, 20)));
  EXPECT_FALSE(Watch::of_text("watch-1 1 2 x"));
  EXPECT_FALSE(Watch::of_text(watch.text() + " 1"));
}

TEST(Watch, a_false_alarm_makes_it_patient) {
  Watch watch;
  for (Instant at = on(2026, 3, 2); at < on(2026, 3, 20); at += minutes(1)) {
    watch.arrived(at, 1);
    (void)watch.look(at);
  }
  const auto before = watch.interval(on(2026, 3, 20));
  watch.was_false();
  ASSERT_TRUE(before);
  EXPECT_GT(*watch.interval(on(2026, 3, 20)), *before);
}

}  // namespace
}  // namespace tasuki::intake::health
