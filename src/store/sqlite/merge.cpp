#include "store/sqlite/merge.h"

#include <sqlite3.h>

#include <algorithm>

namespace tasuki::store::sqlite {
namespace {

constexpr int slice_pages = 100;
// The largest segment is written anew only for so much: then each entry is rewritten some eight
// times while the database grows a thousandfold.
constexpr uint64_t worth_a_part = 8;

// By the pages that its terms begin on.
Result<bool> is_worth_it(Connection& connection) {
  auto rows = TRY(connection.query("SELECT count(*) FROM posting_idx GROUP BY segid"));
  uint64_t all = 0, largest = 0;
  while (TRY(rows.next())) {
    all += rows.number(0);
    largest = std::max(largest, rows.number(0));
  }
  return (all - largest) * worth_a_part >= largest && all > largest;
}

}  // namespace

Result<bool> merge_piece(Connection& connection, int pages) {
  // A merge that found nothing to do changes fewer than two rows.
  const auto before = sqlite3_total_changes64(connection.handle());
  TRY(connection.run("INSERT INTO posting(posting, rank) VALUES('merge', ?)", -pages));
  return sqlite3_total_changes64(connection.handle()) - before >= 2;
}

Result<bool> Merge::step(Connection& connection) {
  if (!decided_ && !TRY(is_worth_it(connection))) return false;
  decided_ = true;
  return merge_piece(connection, slice_pages);
}

}  // namespace tasuki::store::sqlite
