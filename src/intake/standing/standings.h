// Whether each feed publishes: live, in the shadow, paused. Kept in the store, changed by one call,
// heeded from the next message on.
//
// In the shadow a feed takes everything, answers as if it were live, maps and validates, and
// publishes nothing: its messages wait as such and can be compared with the record and published
// by a replay. Paused it takes nothing: the sender is told to try again and keeps what it has.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "intake/feed.h"
#include "intake/standing/gate.h"
#include "intake/standing/plausible.h"
#include "record/door.h"

namespace tasuki::intake {

std::string_view word_of(FeedMode mode);  // "live"
std::optional<FeedMode> mode_named(std::string_view word);

class Standings {
 public:
  explicit Standings(record::Door& door, PlausibleRanges ranges = {})
      : door_(door), ranges_(std::move(ranges)) {}

  // As the store has it, else as the settings begin. Before the feeds start: gives each its mode.
  Result<void> attach(std::vector<FeedSettings>& feeds);

  // JSON: the mode, since when, by whom and why, and the gate (docs/ops-api.md).
  Result<std::string> show(std::string_view feed, const record::Principal& by);
  Result<std::string> gate(std::string_view feed, const record::Principal& by);
  // The coverage and quality report, a page of HTML for people (quality_page.h). Leaves a trace:
  // its examples are of patients.
  Result<std::string> report(std::string_view feed, const Mappings& mappings,
                             const record::Principal& by);
  Result<void> set_limits(std::string_view feed, const GateLimits& limits,
                          const record::Principal& by);

  // conflict: the gate is not met, with its reasons, unless `because` says why it shall go live
  // anyway.
  Result<void> turn(std::string_view feed, FeedMode mode, std::string_view because,
                    const record::Principal& by);
  // From paused to what it was before.
  Result<void> resume(std::string_view feed, const record::Principal& by);

  FeedMode mode_of(std::string_view feed) const;  // live where nobody knows it

 private:
  struct Standing {
    FeedMode mode = FeedMode::live, before = FeedMode::live;
    std::string by, because;
    Instant at;
    GateLimits limits;
  };
  struct Kept {
    FeedSettings settings;
    std::shared_ptr<std::atomic<FeedMode>> mode;
    Standing standing;
  };
  static std::string text_of(const Standing& standing);
  static Standing standing_of(std::string_view text);
  Result<Kept*> find(std::string_view feed, const record::Principal& by);
  Result<void> keep(Kept& kept, Standing standing, const record::Principal& by,
                    std::string_view what);

  record::Door& door_;
  const PlausibleRanges ranges_;
  mutable std::mutex mutex_;  // of all below, and of one change at a time
  std::map<std::string, Kept, std::less<>> feeds_;
};

}  // namespace tasuki::intake
