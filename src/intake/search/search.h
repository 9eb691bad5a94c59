// The message store searched: by person, order, code, cause, control id, feed and time.
//
// A thread of low rank follows what the feeds receive; what came in the last moments may not be
// found yet, and the answer says how far the index is.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "intake/feed.h"
#include "record/door.h"
#include "record/message_index.h"

namespace tasuki::intake {

struct MessageQuestion {
  std::string person = {}, order = {}, code = {}, cause = {}, control = {}, feed = {};
  std::optional<Instant> since = {}, until = {};
  uint64_t before = 0;  // number, exclusive: the next page
  size_t count_max = 50;
};

class MessageSearcher {
 public:
  MessageSearcher(record::Door& door, const std::vector<FeedSettings>& feeds);
  ~MessageSearcher();

  // JSON (docs/ops-api.md), newest first. At least one of person, order, code, cause, control.
  Result<std::string> find(const MessageQuestion& question, const record::Principal& by) const;
  // One message whole: its text, its answer, its report. Leaves a trace.
  Result<std::string> show(uint64_t number, const record::Principal& by) const;

  void rebuild();           // asks for it
  Result<void> catch_up();  // what the thread does; until all that is there is in

 private:
  void run(const std::stop_token& stop);
  Result<bool> index_some();
  bool may_see(const std::string& feed, const record::Principal& by) const;
  record::Session session() const;
  Result<uint64_t> first_since(Instant time) const;

  record::Door& door_;
  record::MessageIndex index_;
  std::vector<FeedSettings> feeds_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool forgets_ = false;
  std::mutex working_;  // one indexes at a time
  std::jthread thread_;
};

}  // namespace tasuki::intake
