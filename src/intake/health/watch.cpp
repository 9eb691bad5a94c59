#include "intake/health/watch.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace tasuki::intake::health {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto half_hour = minutes(30);
// Each kind of day seen about twice; from the half of it on the longest quiet is noted.
constexpr double days_needed = 14;
// Chance alarms asked for: one in four months, of as many quiets as there are messages.
constexpr double alarms_a_month = 0.25;
constexpr auto quiet_min = minutes(5);  // nobody acts on less
constexpr double beyond_longest = 1.2;
constexpr double forgotten_a_day = 0.01;
constexpr double more_patience = 1.4;

// A trickle: at most this share of what is usual, where so much is usual that chance does not do
// it. Days differ by a quarter without a fault (a doctor away, rain), so less than a third is asked
// for.
constexpr double trickle_share = 0.3;
constexpr double trickle_expected_min = 40;

constexpr double late_factor = 4;
constexpr double late_seconds_min = 900;
constexpr uint64_t delays_needed = 200;
constexpr std::string_view watch_word = "watch-1";

int64_t count_of(Instant at) {
  return at.time_since_epoch().count();
}

}  // namespace

double Watch::threshold() const {
  const double quiets = std::max(rhythm_.a_month(), 1.0);
  const double by_chance = std::max(std::log(quiets / alarms_a_month), 3.0);
  return patience_ * std::max(by_chance, beyond_longest * longest_quiet_);
}

void Watch::arrived(Instant minute, uint64_t count, std::optional<seconds> delay) {
  if (count == 0) return;
  if (last_ == Instant()) start(minute);
  go_on_until(minute);
  recent_.back().count += count;
  go_on_until(minute + minutes(1));  // they may have come at its end
  if (broken_from_ == Instant() && rhythm_.days_learned() >= days_needed / 2)
    longest_quiet_ = std::max(longest_quiet_, missing_);
  if (silent_) well_from_ = minute;
  silent_ = false;
  last_ = minute;
  missing_ = 0;
  if (delay) took(*delay);
}

// A feed's first message. The half hour it falls into was not seen from its beginning.
void Watch::start(Instant minute) {
  seen_to_ = half_hour_of(minute);
  well_from_ = seen_to_ + half_hour;
  recent_.push_back({.begin = seen_to_});
}

void Watch::took(seconds delay) {
  const double length = std::max(0.0, static_cast<double>(delay.count()));
  ++delays_;
  const double slow = 1 / static_cast<double>(std::min<uint64_t>(delays_, 5000));
  delay_ += (length - delay_) * std::max(slow, 0.1);
  // What is already late does not become usual.
  if (delays_ < delays_needed || length < late_factor * std::max(usual_delay_, 60.0))
    usual_delay_ += (length - usual_delay_) * slow;
}

// Time passes: half hours end and are learned, unless the feed was broken in them.
void Watch::go_on_until(Instant now) {
  while (seen_to_ < now) {
    const Instant end = std::min(now, recent_.back().begin + half_hour);
    const double expected = rhythm_.expected(seen_to_, end);
    recent_.back().expected += expected;
    missing_ += expected;
    seen_to_ = end;
    if (end < recent_.back().begin + half_hour) return;
    const bool broken = broken_from_ != Instant() && end > broken_from_;
    if (!broken && recent_.back().begin >= well_from_)
      rhythm_.learn(recent_.back().begin, recent_.back().count);
    if (place_of(end).half_hour == 0) longest_quiet_ *= 1 - forgotten_a_day;
    recent_.push_back({.begin = end});
    if (recent_.size() > Rhythm::half_hours) recent_.pop_front();
  }
}

std::optional<Alarm> Watch::silence() const {
  if (missing_ < threshold() || seen_to_ < last_ + quiet_min) return std::nullopt;
  return Alarm{.kind = Alarm::Kind::silent, .since = last_, .expected = missing_};
}

// The shortest time up to now that tells: within a day, and all of it since the feed was last heard
// again.
std::optional<Alarm> Watch::trickle() const {
  Alarm alarm{.kind = Alarm::Kind::few};
  for (auto each = recent_.rbegin(); each != recent_.rend() && each->begin >= well_from_; ++each) {
    alarm.expected += each->expected;
    alarm.came += each->count;
    alarm.since = each->begin;
    if (alarm.expected < trickle_expected_min * patience_) continue;
    if (static_cast<double>(alarm.came) > trickle_share * alarm.expected) return std::nullopt;
    return alarm;
  }
  return std::nullopt;
}

std::optional<Alarm> Watch::lateness() const {
  if (delays_ < delays_needed || delay_ < late_seconds_min * patience_ ||
      delay_ < late_factor * usual_delay_)
    return std::nullopt;
  const auto in_minutes = [](double length) {
    return std::chrono::duration_cast<minutes>(seconds(static_cast<int64_t>(length)));
  };
  return Alarm{.kind = Alarm::Kind::late,
               .since = last_,
               .delay = in_minutes(delay_),
               .usual_delay = in_minutes(usual_delay_)};
}

std::optional<Alarm> Watch::look(Instant now) {
  if (last_ == Instant()) return std::nullopt;
  go_on_until(now);
  if (rhythm_.days_learned() < days_needed) return std::nullopt;
  auto alarm = silence();
  if (!alarm) alarm = trickle();
  if (!alarm) alarm = lateness();
  silent_ = alarm && alarm->kind == Alarm::Kind::silent;
  const bool broken = alarm && alarm->kind != Alarm::Kind::late;
  broken_from_ = broken ? alarm->since : Instant();
  return alarm;
}

void Watch::away_until(Instant now) {
  if (last_ == Instant()) return;
  recent_.clear();
  start(now);
  last_ = now;
  missing_ = 0;
  broken_from_ = Instant();
  silent_ = false;
}

void Watch::was_false() {
  patience_ *= more_patience;
  broken_from_ = Instant();
  silent_ = false;
}

std::optional<minutes> Watch::interval(Instant from) const {
  if (rhythm_.days_learned() < days_needed) return std::nullopt;
  const auto end = rhythm_.when(from, threshold());
  if (!end) return std::nullopt;
  return std::chrono::duration_cast<minutes>(*end - from);
}

std::string Watch::text() const {
  std::string text = fmt::format(
      "{} {} {} {} {} {} {:.9g} {:.9g} {:.9g} {:.9g} {:.9g} {} {}", watch_word, count_of(last_),
      count_of(seen_to_), count_of(broken_from_), count_of(well_from_), silent_ ? 1 : 0, missing_,
      longest_quiet_, patience_, delay_, usual_delay_, delays_, recent_.size());
  for (const HalfHour& each : recent_)
    text += fmt::format(" {} {} {:.9g}", count_of(each.begin), each.count, each.expected);
  return text + ' ' + rhythm_.text();
}

Result<Watch> Watch::of_text(std::string_view text) {
  const Error wrong{Error::Kind::invalid, "Not a feed's watch.", {}};
  if (!text.starts_with(watch_word)) return wrong;
  text.remove_prefix(watch_word.size());
  bool good = true;
  const auto next = [&](auto& value) {
    while (text.starts_with(' '))
      text.remove_prefix(1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<size_t>(read.ptr - text.data()));
    good = good && read.ec == std::errc();
  };
  const auto next_instant = [&](Instant& value) {
    int64_t count = 0;
    next(count);
    value = Instant(std::chrono::microseconds(count));
  };
  Watch watch;
  size_t size = 0;
  next_instant(watch.last_);
  next_instant(watch.seen_to_);
  next_instant(watch.broken_from_);
  next_instant(watch.well_from_);
  int silent = 0;
  next(silent);
  watch.silent_ = silent != 0;
  next(watch.missing_);
  next(watch.longest_quiet_);
  next(watch.patience_);
  next(watch.delay_);
  next(watch.usual_delay_);
  next(watch.delays_);
  next(size);
  for (size_t i = 0; good && i < std::min<size_t>(size, 200); ++i) {
    HalfHour each;
    next_instant(each.begin);
    next(each.count);
    next(each.expected);
    watch.recent_.push_back(each);
  }
  if (!good || !text.starts_with(' ') || (watch.last_ != Instant() && watch.recent_.empty()))
    return wrong;
  watch.rhythm_ = TRY(Rhythm::of_text(text.substr(1)));
  return watch;
}

}  // namespace tasuki::intake::health
