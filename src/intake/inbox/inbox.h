// What could not be processed waits here with its reason, and is tried again after a repair.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "intake/receiver.h"
#include "intake/unknown_code.h"

namespace tasuki::intake {

struct Waiting {
  std::string feed, reason;  // messages held for the same reason stand together
  uint64_t count = 0;
  uint64_t first_number = 0;
};

struct ReplayRequest {
  std::string feed;    // empty: all
  std::string reason;  // its beginning; empty: all
};

struct ReplayOutcome {
  uint64_t tried = 0, done = 0, still_held = 0, failed = 0;
};

class Inbox {
 public:
  // Feeds as the settings have them; a message of a feed that is no more stays where it is.
  Inbox(record::Door& door, CurrentMappings mappings, const std::vector<FeedSettings>& feeds);

  Result<std::vector<Waiting>> waiting() const;
  std::vector<std::string> feeds() const;  // their ids

  // In the order they came. Held again with today's reason where nothing has changed.
  Result<ReplayOutcome> replay(const ReplayRequest& request);

  // What waits in the shadow, judged again by today's mappings; nothing is published. `feed` empty:
  // all that are in the shadow. `code`: only what named it.
  Result<ReplayOutcome> judge(std::string_view feed, const std::optional<UnknownCode>& code = {});

  // The live feeds that published something while the code had no meaning.
  Result<std::vector<std::string>> feeds_that_published(const UnknownCode& code) const;

 private:
  std::vector<std::unique_ptr<Receiver>> receivers_;
};

}  // namespace tasuki::intake
