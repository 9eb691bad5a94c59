// Index entries of the group commit under way: what its units will have posted when it ends.
//
// Why: FTS5 writes everything it holds to the disk structure at each savepoint, and the ordered
// index is a B-tree with scattered keys. Kept here until the group's end, the postings of a hundred
// units become one segment and the ordered entries arrive sorted. A unit that searches sees them
// through `matches` (codec.h); one that fails takes its own back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {

struct PendingEntry {
  bool replaces = false;       // postings of a former version are in the index
  std::string former_ordered;  // and these ordered entries
  bool deleted = false;
  std::string document;  // terms, with the kind's
  std::string ordered;
};

class Pending {
 public:
  static constexpr size_t bytes_max = size_t{64} << 20U;  // beyond: flushed before the group's end

  bool has(uint64_t record) const { return entries_.contains(record); }
  const std::map<uint64_t, PendingEntry>& entries() const { return entries_; }
  size_t bytes() const { return bytes_; }

  void put(uint64_t record, PendingEntry entry);

  void begin_unit() { undo_.clear(); }
  void undo_unit();

  Result<void> flush(Connection& connection);  // into the indexes
  void clear();

 private:
  std::map<uint64_t, PendingEntry> entries_;
  std::vector<std::pair<uint64_t, std::optional<PendingEntry>>>
      undo_;  // what stood before, in order
  size_t bytes_ = 0;
};

}  // namespace tasuki::store::sqlite
