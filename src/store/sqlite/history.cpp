// History of a record, a kind or everything, and the change feed: range scans over the version log.
#include <algorithm>
#include <limits>

#include "store/sqlite/snapshot.h"

namespace tasuki::store::sqlite {
namespace {

#define FROM_LOG " FROM version v CROSS JOIN record r ON r.number=v.record "

// How far a version's time may lie before that of an earlier one (times may be given by the
// writer): beyond it, older versions cannot be in the wanted period and the scan may stop.
Result<int64_t> disorder(Connection& connection) {
  auto rows = TRY(connection.query("SELECT value FROM house WHERE name='disorder'"));
  return TRY(rows.next()) ? rows.integer(0) : int64_t{0};
}

class Collector {
 public:
  Collector(Snapshot& snapshot, const HistoryQuery& query, int64_t time_disorder)
      : snapshot_(snapshot), query_(query), disorder_(time_disorder) {}

  // False: the page is full, or nothing older can belong to it.
  Result<bool> take(Query& rows) {
    const auto time = rows.integer(5);
    if (query_.since && time + disorder_ < to_integer(*query_.since)) return false;
    if (query_.since && time < to_integer(*query_.since)) return true;
    if (query_.at_most && time > to_integer(*query_.at_most)) return true;
    if (query_.admits && !query_.admits(rows.number(7), rows.number(8))) return true;
    if (page_.versions.size() >= query_.count_max) {
      page_.more = true;
      return false;
    }
    page_.versions.push_back(TRY(snapshot_.version_from(rows)));
    return true;
  }

  Result<bool> take_all(Query rows) {
    while (TRY(rows.next())) {
      if (!TRY(take(rows))) return false;
    }
    return true;
  }

  HistoryPage& page() { return page_; }

 private:
  Snapshot& snapshot_;
  const HistoryQuery& query_;
  int64_t disorder_;
  HistoryPage page_;
};

bool counts_all(const HistoryQuery& query) {
  return !query.since && !query.at_most && !query.admits;
}

Result<void> of_record(Snapshot& snapshot, const HistoryQuery& query, uint64_t before,
                       Collector& collector) {
  const auto row = TRY(snapshot.row_of(*query.key));
  if (!row) return {};
  if (counts_all(query)) collector.page().total = row->version;
  auto& connection = snapshot.connection();
  auto later = TRY(
      connection.query("SELECT " VERSION_COLUMNS FROM_LOG
                       "WHERE v.record=? AND v.number>1 AND v.sequence<? ORDER BY v.number DESC",
                       row->number, before));
  const bool open = TRY(collector.take_all(std::move(later)));
  if (!open || row->first >= before) return {};
  auto first =
      TRY(connection.query("SELECT " VERSION_COLUMNS FROM_LOG "WHERE v.sequence=?", row->first));
  TRY(collector.take_all(std::move(first)));
  return {};
}

Result<void> of_kind(Snapshot& snapshot, const HistoryQuery& query, uint64_t before,
                     Collector& collector) {
  auto& connection = snapshot.connection();
  if (counts_all(query)) {
    auto counter = TRY(connection.query("SELECT versions FROM counter WHERE kind=?", *query.kind));
    collector.page().total = TRY(counter.next()) ? counter.number(0) : 0;
  }
  auto rows = TRY(connection.query("SELECT " VERSION_COLUMNS FROM_LOG
                                   "WHERE v.kind=? AND v.sequence<? ORDER BY v.sequence DESC",
                                   *query.kind, before));
  TRY(collector.take_all(std::move(rows)));
  return {};
}

Result<void> of_all(Snapshot& snapshot, const HistoryQuery& query, uint64_t before,
                    Collector& collector) {
  auto& connection = snapshot.connection();
  if (counts_all(query)) {
    auto counter = TRY(connection.query("SELECT coalesce(sum(versions), 0) FROM counter"));
    if (TRY(counter.next())) collector.page().total = counter.number(0);
  }
  auto rows = TRY(connection.query(
      "SELECT " VERSION_COLUMNS FROM_LOG "WHERE v.sequence<? ORDER BY v.sequence DESC", before));
  TRY(collector.take_all(std::move(rows)));
  return {};
}

}  // namespace

Result<HistoryPage> Snapshot::history(const HistoryQuery& query) {
  TRY(begin());
  constexpr uint64_t newest = std::numeric_limits<int64_t>::max();
  const auto before = std::min(query.before.value_or(newest), newest);
  const auto time_disorder = query.since ? TRY(disorder(connection_)) : 0;
  Collector collector(*this, query, time_disorder);
  if (query.key) {
    TRY(of_record(*this, query, before, collector));
  } else if (query.kind) {
    TRY(of_kind(*this, query, before, collector));
  } else {
    TRY(of_all(*this, query, before, collector));
  }
  return std::move(collector.page());
}

Result<std::vector<Version>> Snapshot::changes(uint64_t after, size_t count_max) {
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT " VERSION_COLUMNS FROM_LOG
                                    "WHERE v.sequence>? ORDER BY v.sequence LIMIT ?",
                                    after, count_max));
  std::vector<Version> versions;
  while (TRY(rows.next()))
    versions.push_back(TRY(version_from(rows)));
  return versions;
}

}  // namespace tasuki::store::sqlite
