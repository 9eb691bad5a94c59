// Looks after the feeds once a minute: counts what came, learns what is usual, says what is not.
//
// What was learned is kept in the record (a checkpoint a feed), so that a restart forgets nothing;
// the time in which the program did not run is not held against a feed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "intake/feed.h"
#include "intake/health/card.h"
#include "intake/health/watch.h"
#include "record/door.h"

namespace tasuki::intake::health {

struct FeedHealth {
  FeedStatus status;
  std::string organisation;
  Card card;
};

class Monitor {
 public:
  explicit Monitor(record::Door& door) : door_(door) {}
  ~Monitor();  // keeps what was learned

  // The feed outlives the monitor. Before start().
  Result<void> add(const Feed& feed, const FeedSettings& settings);
  void start();
  // What hears of each look, on the monitor's thread. Before start().
  using Hears = std::function<void(const std::vector<FeedHealth>& feeds, Instant now)>;
  void then(Hears hears) { hears_ = std::move(hears); }

  // One look, as the thread does each minute. Public so that a test needs no clock.
  void look(Instant now);

  std::vector<FeedHealth> health(Instant now) const;
  // "不要": the alarm of this feed was none. not_found names the feeds there are.
  Result<void> was_false(std::string_view feed);

 private:
  struct Watched {
    const Feed* feed = nullptr;
    FeedSettings settings;
    Watch watch = {};
    uint64_t received = 0;
    std::optional<Alarm> alarm = {};
  };
  void run(const std::stop_token& stop);
  void keep();
  record::Session session() const;

  record::Door& door_;
  Hears hears_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Watched> watched_;
  Instant kept_;
  std::jthread thread_;  // last: stops before the rest goes
};

}  // namespace tasuki::intake::health
