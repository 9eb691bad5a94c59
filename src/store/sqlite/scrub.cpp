#include "store/sqlite/scrub.h"

#include <sqlite3.h>

#include <algorithm>

namespace tasuki::store::sqlite {
namespace {

constexpr int64_t fill_bytes_at_once = int64_t{32} << 20U;
constexpr int64_t page_bytes = 4096;

// How many rows this connection has changed in its life: a merge that found nothing to do changes
// fewer than two (FTS5 documentation, 6.7, the 'merge' command).
int64_t changes_of(Connection& connection) {
  return sqlite3_total_changes64(connection.handle());
}

}  // namespace

Result<bool> Scrub::is_due(Connection& connection) {
  auto rows = TRY(connection.query("SELECT 1 FROM house WHERE name='erased'"));
  return rows.next();
}

Result<Scrub::Progress> Scrub::step(Connection& connection) {
  switch (phase_) {
    case Phase::merging:
      TRY(merge(connection));
      return Progress::more;
    case Phase::counting:
      TRY(count(connection));
      return Progress::more;
    case Phase::filling:
      TRY(fill(connection));
      return Progress::more;
    case Phase::cutting:
      break;
  }
  if (!TRY(connection.cut_log())) return Progress::waits;
  TRY(connection.run("DELETE FROM house WHERE name='erased'"));
  return Progress::done;
}

// A negative count merges everything, also what would not need it: as 'optimize', a piece at a
// time.
Result<void> Scrub::merge(Connection& connection) {
  const int64_t before = changes_of(connection);
  TRY(connection.run("INSERT INTO posting(posting, rank) VALUES('merge', -1000)"));
  if (changes_of(connection) - before < 2) phase_ = Phase::counting;
  return {};
}

Result<void> Scrub::count(Connection& connection) {
  auto rows = TRY(connection.query("PRAGMA freelist_count"));
  TRY(rows.next());
  free_bytes_ = rows.integer(0) * page_bytes;
  phase_ = Phase::filling;
  return connection.script("CREATE TABLE IF NOT EXISTS scrub(zeros BLOB)");
}

// Free pages are taken first; each that is taken is written. The last of it, in a transaction of
// its own, gives them back: free leaves are not written again.
Result<void> Scrub::fill(Connection& connection) {
  if (free_bytes_ <= 0) {
    phase_ = Phase::cutting;
    return connection.script("DROP TABLE scrub");
  }
  const int64_t bytes = std::min(free_bytes_, fill_bytes_at_once);
  free_bytes_ -= bytes;
  return connection.run("INSERT INTO scrub VALUES(zeroblob(?))", bytes);
}

}  // namespace tasuki::store::sqlite
