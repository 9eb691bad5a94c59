#include "store/sqlite/ordered.h"

#include <algorithm>

#include "store/sqlite/codec.h"

namespace tasuki::store::sqlite {
namespace {

uint64_t mirror_of(uint64_t group) {
  return group ^ 0x9e3779b97f4a7c15;
}

std::string_view smaller_bound(std::string_view a, std::string_view b) {  // empty is open
  if (a.empty()) return b;
  if (b.empty()) return a;
  return std::min(a, b);
}

// The bound above every key of a group: longer than any entry and all 0xff.
const std::string above_all(ordered_bytes_max + 1, '\xff');

struct Scan {
  uint64_t group;
  std::string_view from, to;
  bool mirrored;
};

Result<void> scan(Connection& connection, const Node& range, const Scan& part, size_t count_max,
                  Found& found) {
  const auto to = part.to.empty() ? std::string_view(above_all) : part.to;
  auto rows =
      TRY(connection.query("SELECT low, high, record FROM ordered WHERE grp=? AND low>=? AND low<?",
                           part.group, part.from, to));
  while (TRY(rows.next())) {
    if (++found.looked_at > count_max) {
      found.complete = false;
      return {};
    }
    const auto first = rows.bytes(0);
    const auto second = rows.is_null(1) || rows.bytes(1).empty() ? first : rows.bytes(1);
    const bool holds = part.mirrored ? second < range.high_from && in_range(range, second, first)
                                     : in_range(range, first, second);
    if (holds) found.records.push_back(rows.number(2));
  }
  return {};
}

}  // namespace

void append_rows(std::vector<OrderedRow>& rows, uint64_t record, std::string_view ordered) {
  each_ordered(ordered, [&](const EntryView& entry) {
    const auto high = entry.low == entry.high ? std::string_view() : entry.high;
    rows.push_back({entry.group, entry.low, high, record});
    if (entry.by_high) rows.push_back({mirror_of(entry.group), entry.high, entry.low, record});
    return true;
  });
}

Result<void> add_rows(Connection& connection, std::vector<OrderedRow>& rows) {
  std::sort(rows.begin(), rows.end());
  for (const auto& row : rows) {
    TRY(connection.run("INSERT OR IGNORE INTO ordered(grp, low, high, record) VALUES(?, ?, ?, ?)",
                       row.group, row.low, row.high, row.record));
  }
  return {};
}

Result<void> remove_rows(Connection& connection, std::vector<OrderedRow>& rows) {
  std::sort(rows.begin(), rows.end());
  for (const auto& row : rows) {
    TRY(connection.run("DELETE FROM ordered WHERE grp=? AND low=? AND high=? AND record=?",
                       row.group, row.low, row.high, row.record));
  }
  return {};
}

Result<Found> find_in_range(Connection& connection, const Node& range, size_t count_max) {
  Found found;
  const auto low_to = smaller_bound(range.low_to, range.high_to);  // low <= high < high_to
  if (!range.by_high || !range.low_from.empty() || range.high_from.empty()) {
    TRY(scan(connection, range, {range.group, range.low_from, low_to, false}, count_max, found));
  } else {
    TRY(scan(connection, range, {range.group, range.high_from, low_to, false}, count_max, found));
    TRY(scan(connection, range, {mirror_of(range.group), range.high_from, range.high_to, true},
             count_max, found));
  }
  std::sort(found.records.begin(), found.records.end());
  found.records.erase(std::unique(found.records.begin(), found.records.end()), found.records.end());
  return found;
}

}  // namespace tasuki::store::sqlite
