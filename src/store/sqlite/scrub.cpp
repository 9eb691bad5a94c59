#include "store/sqlite/scrub.h"

#include "store/sqlite/merge.h"

namespace tasuki::store::sqlite {
namespace {

constexpr int pages_at_once = 1000;

}  // namespace

Result<bool> Scrub::is_due(Connection& connection) {
  auto rows = TRY(connection.query("SELECT 1 FROM house WHERE name='erased'"));
  return rows.next();
}

Result<Scrub::Progress> Scrub::step(Connection& connection) {
  if (!merged_) {
    merged_ = !TRY(merge_piece(connection, pages_at_once));
    return Progress::more;
  }
  if (!TRY(connection.cut_log())) return Progress::waits;
  TRY(connection.run("DELETE FROM house WHERE name='erased'"));
  return Progress::done;
}

}  // namespace tasuki::store::sqlite
