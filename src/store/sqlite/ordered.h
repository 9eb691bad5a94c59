// The ordered index: a B-tree of (group, low, high, record).
//
// An entry is one row. A span written by_high is two: under its group by low, and under the group's
// mirror by high, with the ends exchanged, so that "ends at or after X" is two short scans (starts
// there, or spans X) and never the whole group.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

struct OrderedRow {
  uint64_t group;
  std::string_view low, high;
  uint64_t record;
  auto operator<=>(const OrderedRow&) const = default;
};

// The rows of a record's encoded entries; views into them.
void append_rows(std::vector<OrderedRow>& rows, uint64_t record, std::string_view ordered);
Result<void> add_rows(Connection& connection, std::vector<OrderedRow>& rows);
Result<void> remove_rows(Connection& connection, std::vector<OrderedRow>& rows);

// Records with an entry in the range, ascending, each once; at most count_max entries are looked
// at.
struct Found {
  std::vector<uint64_t> records;
  size_t looked_at = 0;
  bool complete = true;
};
Result<Found> find_in_range(Connection& connection, const Node& range, size_t count_max);

}  // namespace tasuki::store::sqlite
