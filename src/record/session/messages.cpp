// Session: the message store and the feeds' checkpoints. A facility sees the messages of its own
// feeds.
#include "record/consent/roles.h"
#include "record/inside.h"
#include "record/session/stored.h"
#include "record/session/trace.h"

namespace tasuki::record {

namespace {

// Messages are raw clinical data of one facility: its feeds and its clerks, who mend what is held.
Result<void> check_feed(Inside& inside, const Principal& principal, const std::string& feed) {
  if (principal.role == Role::system) return {};
  const bool works_with_messages = principal.role == Role::feed || principal.role == Role::clerk;
  const auto organisation = inside.feed_organisation(feed);
  if (works_with_messages && (organisation.empty() || organisation == principal.organisation))
    return {};
  return Error{Error::Kind::forbidden,
               "Messages are open to the feeds and the clerks of their own facility.", feed};
}

bool may_see(Inside& inside, const Principal& principal, const std::string& feed) {
  return check_feed(inside, principal, feed).has_value();
}

store::MessageQuery query_of(const MessageSearch& search) {
  store::MessageQuery query;
  query.feed = search.feed;
  query.control_id = search.control_id;
  query.reason_prefix = search.reason_prefix;
  if (search.same_bytes) query.content_hash = store::hash_of(*search.same_bytes);
  if (search.state) query.state = static_cast<store::MessageState>(*search.state);
  query.after = search.after;
  query.before = search.before;
  query.newest_first = search.newest_first;
  query.count_max = std::min<size_t>(search.count_max, 10'000);
  query.with_bytes = search.with_bytes;
  return query;
}

}  // namespace

StoredMessage stored(store::Message&& message) {
  return {.number = message.number,
          .feed = std::move(message.feed),
          .control_id = std::move(message.control_id),
          .kind = std::move(message.kind),
          .group = std::move(message.group),
          .received = message.received,
          .bytes = std::move(message.bytes),
          .state = static_cast<MessageState>(message.state),
          .reason = std::move(message.reason),
          .answer = std::move(message.answer),
          .mapping = std::move(message.mapping),
          .report = std::move(message.report)};
}

Result<std::optional<StoredMessage>> newest(store::Reader& reader, store::MessageQuery query) {
  std::optional<StoredMessage> found;
  query.count_max = 100;
  for (;;) {
    auto messages = TRY(reader.messages(query));
    if (messages.empty()) return found;
    query.after = messages.back().number;
    const bool last = messages.size() < query.count_max;
    found = stored(std::move(messages.back()));
    if (last) return found;
  }
}

Result<std::optional<StoredMessage>> Session::find_message(std::string_view feed,
                                                           std::string_view control_id) {
  Inside& inside = record::inside(door_);
  TRY(check_feed(inside, principal_, std::string(feed)));
  store::MessageQuery query;
  query.feed = std::string(feed);
  query.control_id = std::string(control_id);
  return newest(*inside.store().read(), std::move(query));
}

Result<std::optional<StoredMessage>> Session::find_same_message(std::string_view feed,
                                                                std::string_view bytes) {
  Inside& inside = record::inside(door_);
  TRY(check_feed(inside, principal_, std::string(feed)));
  store::MessageQuery query;
  query.feed = std::string(feed);
  query.content_hash = store::hash_of(bytes);
  return newest(*inside.store().read(), std::move(query));
}

Result<std::vector<StoredMessage>> Session::messages(const MessageSearch& search) {
  Inside& inside = record::inside(door_);
  if (search.feed) TRY(check_feed(inside, principal_, *search.feed));
  const auto reader = inside.store().read();
  std::vector<StoredMessage> all;
  for (auto& message : TRY(reader->messages(query_of(search)))) {
    if (may_see(inside, principal_, message.feed)) all.push_back(stored(std::move(message)));
  }
  return all;
}

Result<std::optional<StoredMessage>> Session::message(uint64_t number) {
  Inside& inside = record::inside(door_);
  auto message = TRY(inside.store().read()->message(number));
  if (!message || !may_see(inside, principal_, message->feed))
    return std::optional<StoredMessage>();
  if (principal_.role != Role::feed) {
    AuditEntry entry;
    entry.interaction = "read";
    entry.time = time_;
    const std::string detail = "message " + std::to_string(number) + " of feed " + message->feed;
    entry.detail = detail;
    TRY(leave_trace(inside, *this, entry));
  }
  return std::optional(stored(std::move(*message)));
}

Result<uint64_t> Session::message_count(MessageState state) {
  return inside(door_).store().read()->message_count(static_cast<store::MessageState>(state));
}

Result<std::optional<std::string>> Session::checkpoint(std::string_view key) {
  return inside(door_).store().read()->item(table::checkpoints, key);
}

Result<void> Session::set_checkpoint(std::string_view key, std::string_view value) {
  if (principal_.role != Role::feed && principal_.role != Role::system) {
    return Error{Error::Kind::forbidden, "Only feeds and the system set checkpoints.", {}};
  }
  return inside(door_).store().write(
      [&](store::Writer& writer) { return writer.set_item(table::checkpoints, key, value); });
}

}  // namespace tasuki::record
