// Bodies taken out for good, while the log keeps its rows: sequences, numbers, times and names stay
// in order. What is still somewhere in the file is the scrub's (scrub.h).
#include <set>

#include "store/pack.h"
#include "store/sqlite/unit.h"

namespace tasuki::store::sqlite {
namespace {

// A unit's versions stand one behind the other in the log; so whether a message still stands behind
// something is seen from its neighbours. A message replayed later has another such stretch, which
// is not looked at.
Result<bool> is_used(Connection& connection, uint64_t message, uint64_t sequence) {
  for (const bool forward : {true, false}) {
    auto rows =
        TRY(forward ? connection.query("SELECT message, deleted FROM version WHERE sequence>? "
                                       "ORDER BY sequence",
                                       sequence)
                    : connection.query("SELECT message, deleted FROM version WHERE sequence<? "
                                       "ORDER BY sequence DESC",
                                       sequence));
    while (TRY(rows.next()) && rows.number(0) == message)
      if (rows.integer(1) == 0) return true;
  }
  return false;
}

}  // namespace

Result<void> Unit::erase(const std::vector<Key>& keys) {
  wrote_ = true;
  erased_ = true;
  std::vector<std::pair<uint64_t, uint64_t>> messages;  // and a version made from each
  for (const Key& key : keys)
    TRY(erase_record(key, messages));
  for (const auto& [message, sequence] : messages)
    if (!TRY(is_used(connection_, message, sequence))) TRY(erase_message(message));
  return connection_.run("INSERT OR REPLACE INTO house VALUES('erased', 1)");
}

Result<void> Unit::erase_record(const Key& key,
                                std::vector<std::pair<uint64_t, uint64_t>>& messages) {
  const auto standing = TRY(snapshot_.row_of(key));
  if (!standing || !standing->deleted)
    return Error{Error::Kind::conflict, "A record is deleted before it is erased.", key.id};
  {
    auto rows = TRY(connection_.query(
        "SELECT message, sequence FROM version WHERE message<>0 AND deleted=0 AND "
        "(sequence=? OR (record=? AND number>1))",
        standing->first, standing->number));
    while (TRY(rows.next()))
      messages.emplace_back(rows.number(0), rows.number(1));
  }
  TRY(connection_.run("UPDATE version SET deleted=1, body=x'' WHERE sequence=?", standing->first));
  return connection_.run("UPDATE version SET deleted=1, body=x'' WHERE record=? AND number>1",
                         standing->number);
}

// Its hash stays: the same bytes sent again are known, and bring nothing back.
Result<void> Unit::erase_message(uint64_t number) {
  const std::string nothing = pack_bytes({});
  return connection_.run("UPDATE message SET bytes=?, report=?, reason=x'', grp=x'' WHERE number=?",
                         std::string_view(nothing), std::string_view(nothing), number);
}

}  // namespace tasuki::store::sqlite
