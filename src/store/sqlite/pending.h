// Index entries of the group commit under way: what its units will have posted when it ends.
//
// Why: FTS5 writes everything it holds to the disk structure at each savepoint, and the ordered
// index is a B-tree with scattered keys. Kept here until the group's end, the postings of a hundred
// units become one segment and the ordered entries arrive sorted. A unit that searches sees them
// through `matches` (codec.h), one after the other: before one that has written many does, they are
// flushed, or a transaction of ten thousand patients would look at each for each. One that fails
// takes its own back.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

// Two bits for each of a document's terms (Bloom 1970): most documents without a term are told from
// the others by these alone. Sixty terms set a fifth of the bits.
class Glance {
 public:
  explicit Glance(std::string_view document);
  bool may_have(std::string_view term) const;

 private:
  static constexpr size_t bits = 512;
  std::bitset<bits> bits_;
};

struct PendingEntry {
  bool replaces = false;       // postings of a former version are in the index
  std::string former_ordered;  // and these ordered entries
  bool deleted = false;
  std::string document;  // terms, with the kind's
  std::string ordered;
  mutable std::optional<Glance> glance = {};  // made when it is first looked for

  bool matches(const Node& where, uint64_t record) const;
};

class Pending {
 public:
  static constexpr size_t bytes_max = size_t{64} << 20U;  // beyond: flushed before the group's end

  bool has(uint64_t record) const { return entries_.contains(record); }
  const std::map<uint64_t, PendingEntry>& entries() const { return entries_; }
  // Put since the group began, flushed or not: the counters do not tell of them yet.
  const std::set<uint16_t>& kinds() const { return kinds_; }
  size_t bytes() const { return bytes_; }

  void put(uint64_t record, uint16_t kind, PendingEntry entry);

  void begin_group() { kinds_.clear(); }
  void begin_unit();
  void undo_unit();
  size_t of_unit() const { return undo_.size(); }  // not flushed

  Result<void> flush(Connection& connection);  // into the indexes
  // The same, where the unit's savepoint may yet take the indexes back: undo_unit() then brings
  // back the entries of the units before it.
  Result<void> flush_within_unit(Connection& connection);
  void clear();

 private:
  using Entries = std::map<uint64_t, PendingEntry>;

  void take_back(Entries& entries);  // what the unit has done to them

  Entries entries_;
  std::optional<Entries> before_unit_;  // once the unit has flushed
  std::vector<std::pair<uint64_t, std::optional<PendingEntry>>>
      undo_;  // what stood before, in order
  size_t bytes_ = 0;
  std::set<uint16_t> kinds_;
};

}  // namespace tasuki::store::sqlite
