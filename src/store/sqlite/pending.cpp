#include "store/sqlite/pending.h"

#include <algorithm>
#include <tuple>

#include "store/sqlite/codec.h"
#include "store/sqlite/ordered.h"

namespace tasuki::store::sqlite {

void Pending::put(uint64_t record, PendingEntry entry) {
  bytes_ += entry.document.size() + entry.ordered.size() + 100;
  const auto found = entries_.find(record);
  if (found == entries_.end()) {
    undo_.emplace_back(record, std::nullopt);
    entries_.emplace(record, std::move(entry));
    return;
  }
  // Written twice in one group: what stands in the index is still what the first of them found
  // there.
  entry.replaces = found->second.replaces;
  entry.former_ordered = found->second.former_ordered;
  undo_.emplace_back(record, std::exchange(found->second, std::move(entry)));
}

void Pending::undo_unit() {
  for (auto change = undo_.rbegin(); change != undo_.rend(); ++change) {
    if (change->second) {
      entries_[change->first] = std::move(*change->second);
    } else {
      entries_.erase(change->first);
    }
  }
  undo_.clear();
}

void Pending::clear() {
  entries_.clear();
  undo_.clear();
  bytes_ = 0;
}

Result<void> Pending::flush(Connection& connection) {
  // FTS5 starts a new segment when a rowid is not greater than the last one: hence the map, in
  // record order, and deletions before.
  std::vector<OrderedRow> former, later;
  for (const auto& [record, entry] : entries_) {
    if (!entry.replaces) continue;
    TRY(connection.run("DELETE FROM posting WHERE rowid=?", record));
    append_rows(former, record, entry.former_ordered);
  }
  for (const auto& [record, entry] : entries_) {
    if (entry.deleted) continue;
    TRY(connection.run("INSERT INTO posting(rowid, terms) VALUES(?, ?)", record,
                       Text{entry.document}));
    append_rows(later, record, entry.ordered);
  }
  TRY(remove_rows(connection, former));
  TRY(add_rows(connection, later));
  clear();
  return {};
}

}  // namespace tasuki::store::sqlite
