#include "intake/inbox/inbox.h"

#include <map>

#include "base/log.h"

namespace tasuki::intake {
namespace {

constexpr size_t page = 200;
constexpr size_t published_looked_at_max = 50'000;  // as the workbench looks at

// All of a feed's messages in a state, oldest first, page by page; `use` may change their state
// meanwhile.
template <class F>
Result<void> each_in(const Receiver& receiver, record::MessageSearch search, F&& use) {
  search.feed = receiver.settings().id;
  search.count_max = page;
  for (;;) {
    const auto messages = TRY(receiver.session().messages(search));
    for (const record::StoredMessage& message : messages)
      use(message);
    if (messages.size() < page) return {};
    search.after = messages.back().number;
  }
}

void try_again(Receiver& receiver, const record::StoredMessage& message, ReplayOutcome& outcome) {
  ++outcome.tried;
  const auto state = receiver.replay(message);
  if (!state) {
    ++outcome.failed;
    log::warning("message could not be replayed", {{"number", message.number}});
  } else {
    ++(*state == Converted::State::done ? outcome.done : outcome.still_held);
  }
}

Result<bool> has_published(const Receiver& receiver, const UnknownCode& code) {
  record::MessageSearch search;
  search.feed = receiver.settings().id;
  search.state = record::MessageState::done;
  search.newest_first = true;
  search.count_max = page;
  for (size_t looked_at = 0; looked_at < published_looked_at_max; looked_at += page) {
    const auto messages = TRY(receiver.session().messages(search));
    for (const record::StoredMessage& message : messages)
      if (code.is_in(message.report)) return true;
    if (messages.size() < page) return false;
    search.before = messages.back().number;
  }
  return false;
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
    record::MessageSearch held;
    held.state = record::MessageState::held;
    TRY(each_in(*receiver, held, [&](const record::StoredMessage& message) {
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
    record::MessageSearch held;
    held.state = record::MessageState::held;
    if (!request.reason.empty()) held.reason_prefix = request.reason;
    held.with_bytes = true;
    TRY(each_in(*receiver, held, [&](const record::StoredMessage& message) {
      try_again(*receiver, message, outcome);
    }));
  }
  return outcome;
}

Result<ReplayOutcome> Inbox::judge(std::string_view feed, const std::optional<UnknownCode>& code) {
  ReplayOutcome outcome;
  for (const auto& receiver : receivers_) {
    const FeedSettings& settings = receiver->settings();
    if ((!feed.empty() && settings.id != feed) || settings.mode_now() != FeedMode::shadow) continue;
    record::MessageSearch in_shadow;
    in_shadow.state = record::MessageState::shadow;
    in_shadow.with_bytes = true;
    TRY(each_in(*receiver, in_shadow, [&](const record::StoredMessage& message) {
      if (!code || code->is_in(message.report)) try_again(*receiver, message, outcome);
    }));
  }
  return outcome;
}

Result<std::vector<std::string>> Inbox::feeds_that_published(const UnknownCode& code) const {
  std::vector<std::string> ids;
  for (const auto& receiver : receivers_)
    if (receiver->settings().mode_now() == FeedMode::live && TRY(has_published(*receiver, code)))
      ids.push_back(receiver->settings().id);
  return ids;
}

}  // namespace tasuki::intake
