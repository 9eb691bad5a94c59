#include "store/sqlite/scrub.h"

#include <sqlite3.h>

namespace tasuki::store::sqlite {
namespace {

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
  if (!merged_) {
    TRY(merge(connection));
    return Progress::more;
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
  merged_ = changes_of(connection) - before < 2;
  return {};
}

}  // namespace tasuki::store::sqlite
