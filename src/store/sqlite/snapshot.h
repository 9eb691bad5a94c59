// Everything that can be asked of one state of the database: shared by readers and by the unit of
// work that writes.
//
// A reader's snapshot begins at its first question and ends with it; the writer's is its
// transaction, which also has index entries not yet in the indexes (pending.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/names.h"
#include "store/sqlite/pending.h"
#include "store/sqlite/recall.h"
#include "store/sqlite/sample.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

struct Shared {  // by all connections of one store
  Names names;
  std::string salt;
  Recall recall;
  Samples samples;
};

// A record's row: everything but the body.
struct RecordRow {
  uint64_t number = 0;
  Key key;
  uint32_t version = 0;
  uint64_t sequence = 0;
  uint64_t first = 0;
  Instant time;
  bool deleted = false;
  uint64_t owner = 0;
  uint64_t subject = 0;
  std::string hash;
  std::string ordered;
  std::string as_of;
};

class Snapshot {
 public:
  Snapshot(Connection& connection, Shared& shared, const Pending* pending)
      : connection_(connection), shared_(shared), pending_(pending) {}

  Result<void> begin();  // unless in a transaction

  Result<std::optional<Version>> current(const Key& key);
  Result<std::optional<Version>> standing(const Key& key);
  Result<std::optional<Version>> version(const Key& key, uint32_t number);
  Result<std::optional<Version>> current_of_record(uint64_t record);
  Result<std::vector<Version>> made_by(uint64_t message);
  Result<std::optional<Version>> version_at(uint64_t sequence);
  Result<std::optional<RecordRow>> row_of(const Key& key);
  // What a search asks of a candidate: without id, version, first, time and hash.
  Result<std::optional<RecordRow>> candidate(uint64_t record);

  Result<SearchPage> search(const Search& search);  // search.cpp
  Result<bool> knows_subjects();
  Result<uint64_t> count(uint16_t kind);
  Result<std::vector<uint16_t>> kinds();

  Result<HistoryPage> history(const HistoryQuery& query);  // history.cpp
  Result<std::vector<Version>> changes(uint64_t after, size_t count_max);

  Result<uint64_t> standing(const StandingQuery& query, const TakesStanding& take);  // standing.cpp
  Result<uint64_t> newest_sequence();
  Result<std::vector<uint64_t>> parts(uint16_t kind, uint64_t at, size_t rows);

  Result<std::vector<Message>> messages(const MessageQuery& query);  // messages.cpp
  Result<std::optional<Message>> message(uint64_t number);
  Result<uint64_t> message_count(MessageState state);

  Result<std::optional<std::string>> item(std::string_view table, std::string_view key);
  Result<std::vector<Item>> items(std::string_view table, std::string_view prefix,
                                  std::string_view after, size_t count_max);
  Result<std::vector<Item>> audit(uint64_t after, size_t count_max);

  Result<uint64_t> number_of(std::string_view name);
  Result<std::string> name_of(uint64_t number);

  // The version whose columns a query selected with version_columns.
  Result<Version> version_from(Query& rows);

  Connection& connection() { return connection_; }
  const Pending* pending() const { return pending_; }
  Recall& recall() { return shared_.recall; }
  Samples& samples() { return shared_.samples; }

 private:
  Connection& connection_;
  Shared& shared_;
  const Pending* pending_;
};

// For literals: "SELECT " VERSION_COLUMNS " FROM version v CROSS JOIN record r ON r.number=v.record
// WHERE ..."
#define VERSION_COLUMNS                                                                   \
  "v.sequence, v.record, v.kind, r.id, v.number, v.time, v.deleted, v.owner, v.subject, " \
  "v.author, v.feed, "                                                                    \
  "v.message, v.mapping, v.body"

inline int64_t to_integer(Instant time) {
  return time.time_since_epoch().count();
}
inline Instant to_instant(int64_t microseconds) {
  return Instant(std::chrono::microseconds(microseconds));
}

// The least bytes above every string with the prefix; empty when there are none.
std::string after_prefix(std::string_view prefix);

}  // namespace tasuki::store::sqlite
