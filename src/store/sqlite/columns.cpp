#include "store/sqlite/columns.h"

#include <algorithm>
#include <limits>

namespace tasuki::store::sqlite {
namespace {

constexpr size_t recent_max = 4096;
// Of a record: 0 not known.
constexpr uint8_t is_known = 1, is_alive = 2;

}  // namespace

Result<Columns> Columns::read(Connection& connection, uint64_t newest) {
  Columns columns;
  columns.as_of_ = columns.recent_from_ = newest;
  auto rows = TRY(connection.query("SELECT number, kind, deleted, owner, subject FROM record"));
  while (TRY(rows.next()))
    columns.set(rows.number(0), rows, 1);
  return columns;
}

Result<Columns> Columns::caught_up(Connection& connection, uint64_t newest) const {
  Columns columns = *this;
  auto rows = TRY(connection.query(
      "SELECT sequence, record, kind, deleted, owner, subject FROM version WHERE sequence>? ORDER "
      "BY sequence",
      as_of_));
  while (TRY(rows.next())) {
    columns.set(rows.number(1), rows, 2);
    columns.recent_.push_back({rows.number(0), rows.number(1)});
  }
  columns.as_of_ = newest;
  if (columns.recent_.size() > 2 * recent_max) {
    const auto last_gone = columns.recent_.end() - static_cast<std::ptrdiff_t>(recent_max) - 1;
    columns.recent_from_ = last_gone->sequence;
    columns.recent_.erase(columns.recent_.begin(), last_gone + 1);
  }
  return columns;
}

RecordSet& Columns::living(const About& about) {
  auto& set = living_[{about.kind, about.owner}];
  if (!set) {
    set = std::make_shared<RecordSet>();
  } else if (set.use_count() > 1) {
    set = std::make_shared<RecordSet>(*set);
  }
  return const_cast<RecordSet&>(*set);
}

void Columns::set(uint64_t record, const Query& row, int first) {
  if (const auto before = find(record); before && before->lives) living(*before).remove(record);
  record_max_ = std::max(record_max_, record);
  const auto place = record / block_records;
  if (place >= blocks_.size()) blocks_.resize(place + 1);
  auto& block = blocks_[place];
  if (!block) {
    block = std::make_shared<Block>();
  } else if (block.use_count() > 1) {
    block = std::make_shared<Block>(*block);
  }
  const auto owner = row.number(first + 2), subject = row.number(first + 3);
  constexpr uint64_t number_max = std::numeric_limits<uint32_t>::max();
  auto& own = const_cast<Block&>(*block);
  const auto place_in = record % block_records;
  own.kinds[place_in] = static_cast<uint16_t>(row.integer(first));
  own.owners[place_in] = static_cast<uint32_t>(owner);
  own.subjects[place_in] = static_cast<uint32_t>(subject);
  const bool fits = owner <= number_max && subject <= number_max;
  const uint8_t alive = row.integer(first + 1) == 0 ? is_alive : uint8_t{0};
  own.states[place_in] = fits ? static_cast<uint8_t>(is_known | alive) : uint8_t{0};
  if (const auto now = find(record); now && now->lives) living(*now).add(record);
}

std::optional<About> Columns::find(uint64_t record) const {
  const auto place = record / block_records, place_in = record % block_records;
  if (place >= blocks_.size() || !blocks_[place]) return std::nullopt;
  const auto& block = *blocks_[place];
  const auto state = block.states[place_in];
  if (state == 0) return std::nullopt;
  return About{block.owners[place_in], block.subjects[place_in], block.kinds[place_in],
               (state & is_alive) != 0};
}

std::optional<std::vector<uint64_t>> Columns::changed_since(uint64_t sequence) const {
  if (sequence < recent_from_) return std::nullopt;
  const auto first = std::upper_bound(
      recent_.begin(), recent_.end(), sequence,
      [](uint64_t wanted, const Change& change) { return wanted < change.sequence; });
  std::vector<uint64_t> records;
  for (auto change = first; change != recent_.end(); ++change)
    records.push_back(change->record);
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return records;
}

}  // namespace tasuki::store::sqlite
