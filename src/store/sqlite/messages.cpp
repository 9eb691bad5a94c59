// The message store: originals byte for byte, what became of them, and what was answered.
#include "store/pack.h"
#include "store/sqlite/snapshot.h"

namespace tasuki::store::sqlite {
namespace {

#define MESSAGE_COLUMNS                                                                           \
  "number, feed, control_id, kind, grp, received, state, reason, mapping, answer, report, hash, " \
  "bytes"

Result<Message> message_from(Snapshot& snapshot, const Query& rows, bool with_bytes) {
  return Message{
      .number = rows.number(0),
      .feed = TRY(snapshot.name_of(rows.number(1))),
      .control_id = std::string(rows.bytes(2)),
      .kind = std::string(rows.bytes(3)),
      .group = std::string(rows.bytes(4)),
      .received = to_instant(rows.integer(5)),
      .bytes = with_bytes ? TRY(unpack_bytes(rows.bytes(12))) : std::string(),
      .state = static_cast<MessageState>(rows.integer(6)),
      .reason = std::string(rows.bytes(7)),
      .answer = TRY(unpack_bytes(rows.bytes(9))),
      .mapping = TRY(snapshot.name_of(rows.number(8))),
      .report = TRY(unpack_bytes(rows.bytes(10))),
  };
}

#define MESSAGES_WHERE(condition)                            \
  "SELECT " MESSAGE_COLUMNS " FROM message WHERE " condition \
  "number>? AND number<? ORDER BY "                          \
  "number"

// The most selective index for the query; what it leaves open is looked at row by row.
template <class... Values>
Result<Query> in_order(Connection& connection, const MessageQuery& query, const char* oldest_first,
                       const char* newest_first, const Values&... values) {
  return connection.query(query.newest_first ? newest_first : oldest_first, values..., query.after,
                          query.before);
}
#define IN_ORDER(condition, ...)                         \
  in_order(connection, query, MESSAGES_WHERE(condition), \
           MESSAGES_WHERE(condition) " DESC" __VA_OPT__(, ) __VA_ARGS__)

Result<Query> candidates(Connection& connection, const MessageQuery& query, uint64_t feed) {
  if (query.content_hash) return IN_ORDER("hash=? AND ", std::string_view(*query.content_hash));
  if (query.control_id && query.feed)
    return IN_ORDER("feed=? AND control_id=? AND ", feed, std::string_view(*query.control_id));
  if (query.state && *query.state != MessageState::done)
    return IN_ORDER("state=? AND state<>0 AND ", static_cast<int>(*query.state));
  return IN_ORDER("");
}

bool belongs(const Query& rows, const MessageQuery& query, uint64_t feed) {
  return (!query.feed || rows.number(1) == feed) &&
         (!query.control_id || rows.bytes(2) == *query.control_id) &&
         (!query.state || static_cast<MessageState>(rows.integer(6)) == *query.state) &&
         (!query.reason_prefix || rows.bytes(7).starts_with(*query.reason_prefix)) &&
         (!query.content_hash || rows.bytes(11) == *query.content_hash);
}

}  // namespace

Result<std::vector<Message>> Snapshot::messages(const MessageQuery& query) {
  TRY(begin());
  std::vector<Message> messages;
  const auto feed = query.feed ? TRY(number_of(*query.feed)) : 0;
  if (query.feed && feed == 0 && !query.feed->empty()) return messages;

  auto rows = TRY(candidates(connection_, query, feed));
  while (messages.size() < query.count_max && TRY(rows.next())) {
    if (belongs(rows, query, feed))
      messages.push_back(TRY(message_from(*this, rows, query.with_bytes)));
  }
  return messages;
}

Result<std::optional<Message>> Snapshot::message(uint64_t number) {
  TRY(begin());
  auto rows =
      TRY(connection_.query("SELECT " MESSAGE_COLUMNS " FROM message WHERE number=?", number));
  if (!TRY(rows.next())) return std::optional<Message>();
  return std::optional(TRY(message_from(*this, rows, true)));
}

Result<uint64_t> Snapshot::message_count(MessageState state) {
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT count FROM message_counter WHERE state=?",
                                    static_cast<int>(state)));
  return TRY(rows.next()) ? rows.number(0) : uint64_t{0};
}

}  // namespace tasuki::store::sqlite
