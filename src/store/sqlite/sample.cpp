#include "store/sqlite/sample.h"

#include <algorithm>
#include <limits>

namespace tasuki::store::sqlite {
namespace {

constexpr size_t middle_max = 128;
constexpr size_t taken_max = 500;  // four kilobytes each
constexpr size_t longer_max = 5'000;

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

// As many versions more or fewer change what was estimated by an eighth at most.
bool is_near(Point one, Point other, uint64_t estimated) {
  const uint64_t between = std::max(one.newest, other.newest) - std::min(one.newest, other.newest);
  return one.indexed == other.indexed && between <= estimated / 8;
}

std::string name_of(const Node& range) {
  std::string name(reinterpret_cast<const char*>(&range.group), sizeof range.group);
  for (const auto& bound : {range.low_from, range.low_to, range.high_from, range.high_to}) {
    name += static_cast<char>(bound.size());
    name += bound;
  }
  return name;
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

Result<Sample> Samples::of(Connection& connection, const std::string& expression, Point at) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = taken_.find(expression);
    if (found != taken_.end() && is_near(found->second.at, at, found->second.sample.expected))
      return found->second.sample;
  }
  auto fresh = TRY(sample(connection, expression));
  if (fresh.is_whole) return fresh;  // its records are taken for the list, and cost little to find
  const std::lock_guard lock(mutex_);
  if (taken_.size() >= taken_max) taken_.clear();
  taken_.insert_or_assign(expression, Taken{fresh, at});
  return fresh;
}

bool Samples::is_longer(const Node& range, size_t entries, Point at) {
  const std::lock_guard lock(mutex_);
  const auto found = longer_.find(name_of(range));
  return found != longer_.end() && found->second.entries >= entries &&
         is_near(found->second.at, at, found->second.entries);
}

void Samples::found_longer(const Node& range, size_t entries, Point at) {
  const std::lock_guard lock(mutex_);
  if (longer_.size() >= longer_max) longer_.clear();
  longer_.insert_or_assign(name_of(range), Longer{entries, at});
}

}  // namespace tasuki::store::sqlite
