// How long the bytes of messages are kept, and how long the disk will last.
//
// The floor: what is not done, what waits for something (a destination, the index, a backup where
// one is asked for) and what is on hold is never forgotten, however old. What is forgotten is the
// message's bytes; its row stays: control id, hash (so that the same message is known again),
// answer, report. docs/ops-api.md
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "intake/feed.h"
#include "record/door.h"

namespace tasuki::intake {

struct RetentionSettings {
  std::filesystem::path folder;  // of the data: its disk is the one that fills
  std::chrono::days kept{0};     // of message bytes; 0: for ever
  bool waits_for_backup = true;  // nothing is forgotten that no backup is said to hold
  std::vector<std::pair<std::string, std::string>> forwards;  // destination, feed
};

class Retention {
 public:
  Retention(record::Door& door, const std::vector<FeedSettings>& feeds, RetentionSettings settings);
  ~Retention();

  // JSON: sizes, growth a day, days left, what may be forgotten (docs/ops-api.md).
  Result<std::string> space() const;
  // A backup holds all messages up to this number.
  Result<void> backed_up(uint64_t number, const record::Principal& by);
  // 法的保全: of a feed nothing is forgotten until the hold is lifted.
  Result<void> hold(std::string_view feed, bool holds, const record::Principal& by);

  // What the thread does once an hour. How many were forgotten.
  Result<uint64_t> look(Instant now);

 private:
  Result<uint64_t> floor_of(const FeedSettings& feed) const;
  Result<uint64_t> forget_some(const FeedSettings& feed, uint64_t floor, Instant before);
  Result<void> take_sample(Instant now);
  void run(const std::stop_token& stop);

  record::Door& door_;
  const std::vector<FeedSettings> feeds_;
  const RetentionSettings settings_;
  std::mutex working_;
  std::map<std::string, uint64_t> walked_;  // by feed: looked through since the program started
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // last
};

}  // namespace tasuki::intake
