// Is a feed as it should be? Silence, a trickle where a stream is usual, and messages that come
// late.
//
// Why: time is counted in messages that should have come. In that measure a night of a clinic lasts
// as long as a minute of a busy laboratory, and one threshold serves all: an interval is the quiet
// that this feed would show by chance less than once in four months, and never shorter than the
// longest quiet it has shown while it was well. A stop is noticed after one interval.
//
// Pure: told of minutes, asked at any time; no clock and no thread of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "intake/health/rhythm.h"

namespace tasuki::intake::health {

struct Alarm {
  enum class Kind : uint8_t {
    silent,  // nothing comes
    few,     // far less than usual comes: half of the senders behind the feed have stopped
    late,    // it comes, but long after it happened
  };
  Kind kind = Kind::silent;
  Instant since = {};   // the last message; few, late: the beginning of what was looked at
  double expected = 0;  // messages usual since then
  uint64_t came = 0;
  std::chrono::minutes delay{0};  // late: the middle delay now
  std::chrono::minutes usual_delay{0};
};

class Watch {
 public:
  // What came in one minute, minutes in order; zero need not be told. delay: the middle time from
  // event to arrival.
  void arrived(Instant minute, uint64_t count, std::optional<std::chrono::seconds> delay = {});

  // Call about once a minute; learns finished half hours on the way. At most one alarm, the
  // gravest.
  std::optional<Alarm> look(Instant now);

  // Until now nobody watched: what came or not is unknown, and no fault of the feed.
  void away_until(Instant now);

  // "不要": the alarm was none. This feed gets more patience, and what was taken for a fault is
  // learned as usual.
  void was_false();

  // The quiet after which silence is raised, from then on; nothing while too little is known.
  std::optional<std::chrono::minutes> interval(Instant from) const;
  const Rhythm& rhythm() const { return rhythm_; }
  Instant last_arrival() const { return last_; }

  std::string text() const;
  static Result<Watch> of_text(std::string_view text);

 private:
  struct HalfHour {
    Instant begin = {};
    uint64_t count = 0;
    double expected = 0;  // of it, up to seen_to_
  };

  double threshold() const;
  void go_on_until(Instant now);
  void start(Instant minute);
  void took(std::chrono::seconds delay);
  std::optional<Alarm> silence() const;
  std::optional<Alarm> trickle() const;
  std::optional<Alarm> lateness() const;

  Rhythm rhythm_;
  Instant last_;                 // arrival
  Instant seen_to_;              // time is accounted for up to here
  Instant broken_from_;          // of the alarm that stands; zero: none stands
  Instant well_from_;            // the first arrival after the last silence
  bool silent_ = false;          // the alarm that stands is silence
  double missing_ = 0;           // messages expected since the last arrival
  std::deque<HalfHour> recent_;  // newest last, one day, without gaps
  double longest_quiet_ = 0;     // in messages expected, while well; forgets slowly
  double patience_ = 1;
  double delay_ = 0, usual_delay_ = 0;  // seconds; fast and slow means
  uint64_t delays_ = 0;
};

}  // namespace tasuki::intake::health
