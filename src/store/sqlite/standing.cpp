// What stood at a point of the log: a range scan over one kind's versions, for export.
#include "store/pack.h"
#include "store/sqlite/snapshot.h"

namespace tasuki::store::sqlite {
namespace {

// Has the record another version after this one, at or before the point?
Result<bool> is_followed(Connection& connection, uint64_t record, int64_t number, uint64_t at) {
  auto rows = TRY(connection.query(
      "SELECT sequence FROM version WHERE record=? AND number=? AND number>1", record, number + 1));
  return TRY(rows.next()) && rows.number(0) <= at;
}

}  // namespace

Result<uint64_t> Snapshot::standing(const StandingQuery& query, const TakesStanding& take) {
  TRY(begin());
  auto rows = TRY(connection_.query(
      "SELECT v.sequence, v.record, r.id, v.number, v.time, v.deleted, v.owner, v.subject, "
      "r.sequence, v.body FROM version v INDEXED BY version_kind CROSS JOIN record r "
      "ON r.number=v.record WHERE v.kind=? AND v.sequence>? AND v.sequence<=? "
      "ORDER BY v.sequence",
      query.kind, query.after, std::min(query.up_to, query.at)));
  std::string body;
  while (TRY(rows.next())) {
    const auto sequence = rows.number(0), newest = rows.number(8);
    if ((rows.integer(5) != 0) != query.deleted) continue;
    if (newest != sequence && newest <= query.at) continue;
    const auto time = to_instant(rows.integer(4));
    if (query.since && time < *query.since) continue;
    if (query.until && time > *query.until) continue;
    if (query.admits && !query.admits(rows.number(6), rows.number(7))) continue;
    if (newest != sequence &&
        TRY(is_followed(connection_, rows.number(1), rows.integer(3), query.at)))
      continue;
    TRY(unpack_into(rows.bytes(9), body));
    const bool more = TRY(take({.sequence = sequence,
                                .id = rows.bytes(2),
                                .number = static_cast<uint32_t>(rows.integer(3)),
                                .time = time,
                                .body = body}));
    if (!more) return sequence;
  }
  return query.up_to;
}

Result<uint64_t> Snapshot::newest_sequence() {
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT coalesce(max(sequence), 0) FROM version"));
  TRY(rows.next());
  return rows.number(0);
}

Result<std::vector<uint64_t>> Snapshot::parts(uint16_t kind, uint64_t at, size_t rows) {
  TRY(begin());
  std::vector<uint64_t> parts;
  uint64_t after = 0;
  for (;;) {
    auto first = TRY(connection_.query(
        "SELECT 1 FROM version WHERE kind=? AND sequence>? AND sequence<=? LIMIT 1", kind, after,
        at));
    if (!TRY(first.next())) return parts;
    parts.push_back(after);
    auto last =
        TRY(connection_.query("SELECT sequence FROM version WHERE kind=? AND sequence>? AND "
                              "sequence<=? ORDER BY sequence LIMIT 1 OFFSET ?",
                              kind, after, at, rows - 1));
    if (!TRY(last.next())) return parts;
    after = last.number(0);
  }
}

}  // namespace tasuki::store::sqlite
