#include "intake/inbox/inbox.h"

#include <map>

#include "base/log.h"

namespace tasuki::intake {
namespace {

constexpr size_t page = 200;

// All held messages of a feed, oldest first, page by page; `use` may change their state meanwhile.
template <class F>
Result<void> each_held(const Receiver& receiver, const std::string& reason, bool with_bytes,
                       F&& use) {
  record::MessageSearch search;
  search.feed = receiver.settings().id;
  search.state = record::MessageState::held;
  if (!reason.empty()) search.reason_prefix = reason;
  search.with_bytes = with_bytes;
  search.count_max = page;
  for (;;) {
    const auto messages = TRY(receiver.session().messages(search));
    for (const record::StoredMessage& message : messages)
      use(message);
    if (messages.size() < page) return {};
    search.after = messages.back().number;
  }
}

}  // namespace

Inbox::Inbox(record::Door& door, CurrentMappings mappings, const std::vector<FeedSettings>& feeds) {
  for (const FeedSettings& feed : feeds)
    receivers_.push_back(std::make_unique<Receiver>(feed, door, mappings));
}

Result<std::vector<Waiting>> Inbox::waiting() const {
  std::vector<Waiting> all;
  for (const auto& receiver : receivers_) {
    std::map<std::string, Waiting> by_reason;
    TRY(each_held(*receiver, {}, false, [&](const record::StoredMessage& message) {
      Waiting& waiting = by_reason[message.reason];
      if (waiting.count++ == 0) waiting.first_number = message.number;
      waiting.feed = message.feed;
      waiting.reason = message.reason;
    }));
    for (auto& [reason, waiting] : by_reason)
      all.push_back(std::move(waiting));
  }
  return all;
}

std::vector<std::string> Inbox::feeds() const {
  std::vector<std::string> ids;
  for (const auto& receiver : receivers_)
    ids.push_back(receiver->settings().id);
  return ids;
}

Result<ReplayOutcome> Inbox::replay(const ReplayRequest& request) {
  ReplayOutcome outcome;
  for (const auto& receiver : receivers_) {
    if (!request.feed.empty() && receiver->settings().id != request.feed) continue;
    TRY(each_held(*receiver, request.reason, true, [&](const record::StoredMessage& message) {
      ++outcome.tried;
      const auto state = receiver->replay(message);
      if (!state) {
        ++outcome.failed;
        log::warning("message could not be replayed", {{"number", message.number}});
      } else {
        ++(*state == Converted::State::done ? outcome.done : outcome.still_held);
      }
    }));
  }
  return outcome;
}

}  // namespace tasuki::intake
