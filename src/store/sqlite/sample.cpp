#include "store/sqlite/sample.h"

#include <algorithm>

namespace tasuki::store::sqlite {
namespace {

constexpr size_t middle_max = 128;

constexpr auto newest_first =
    "SELECT rowid FROM posting WHERE posting MATCH ? AND rowid<=? ORDER BY rowid DESC";

// At most so many of the list's records from there on down.
Result<Records> piece(Connection& connection, const std::string& expression, uint64_t from,
                      size_t count_max) {
  Records records;
  auto rows = TRY(connection.query(newest_first, Text{expression}, from));
  while (records.size() < count_max && TRY(rows.next()))
    records.push_back(rows.number(0));
  return records;
}

uint64_t extrapolated(const Records& records, uint64_t from) {
  const uint64_t span = from - records.back() + 1;
  return records.size() * from / std::max<uint64_t>(span, 1);
}

}  // namespace

Result<Sample> sample(Connection& connection, const std::string& expression) {
  constexpr uint64_t top = std::numeric_limits<int64_t>::max();
  Sample sample;
  sample.newest = TRY(piece(connection, expression, top, newest_max));
  sample.is_whole = sample.newest.size() < newest_max;
  sample.expected = sample.newest.size();
  if (!sample.is_whole) {
    const uint64_t newest = sample.newest.front();
    const auto middle = TRY(piece(connection, expression, newest / 2, middle_max));
    const auto lower =
        middle.size() < middle_max ? middle.size() : extrapolated(middle, newest / 2);
    sample.expected =
        std::max<uint64_t>(newest_max, (extrapolated(sample.newest, newest) + 2 * lower) / 2);
  }
  std::reverse(sample.newest.begin(), sample.newest.end());
  return sample;
}

}  // namespace tasuki::store::sqlite
