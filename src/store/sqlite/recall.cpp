#include "store/sqlite/recall.h"

#include <algorithm>
#include <utility>

namespace tasuki::store::sqlite {
namespace {

// Learnt while a reader waits, in some ten milliseconds; more is learnt beside the readers.
constexpr uint64_t records_at_once = 20'000, changes_at_once = 4'000;
// Twelve bytes a record: beyond, rows are read as if nothing were remembered.
constexpr uint64_t records_max = 16'000'000;
constexpr size_t list_bytes_max = size_t{64} << 20U;
// Of the changed records that a list may already hold, so many are looked up one by one.
constexpr size_t look_ups_max = 64;

}  // namespace

Result<Point> Recall::point(Connection& connection) {
  auto rows = TRY(connection.query(
      "SELECT coalesce((SELECT max(sequence) FROM version), 0), coalesce((SELECT value FROM house "
      "WHERE name='indexed'), 0)"));
  TRY(rows.next());
  return Point{rows.number(0), rows.number(1)};
}

Result<std::shared_ptr<const Columns>> Recall::columns(Connection& connection, Point at) {
  std::shared_ptr<const Columns> known;
  {
    const std::lock_guard lock(mutex_);
    known = columns_;
  }
  if (known && known->as_of() == at.newest) return known;
  if (known && known->as_of() > at.newest) return std::shared_ptr<const Columns>();
  const bool is_little =
      known ? at.newest - known->as_of() <= changes_at_once : at.newest <= records_at_once;
  if (!is_little) {
    want();
    return std::shared_ptr<const Columns>();
  }
  std::shared_ptr<const Columns> fresh =
      std::make_shared<Columns>(known ? TRY(known->caught_up(connection, at.newest))
                                      : TRY(Columns::read(connection, at.newest)));
  publish(fresh);
  return fresh;
}

Result<void> Recall::begin(Connection& connection) {
  if (TRY(point(connection)).newest > records_at_once) want();
  return {};
}

Result<void> Recall::learn(Connection& connection) {
  const auto at = TRY(point(connection));
  std::shared_ptr<const Columns> known;
  {
    const std::lock_guard lock(mutex_);
    known = columns_;
  }
  if (known && known->as_of() >= at.newest) return {};
  auto rows = TRY(connection.query("SELECT coalesce(max(number), 0) FROM record"));
  TRY(rows.next());
  if (rows.number(0) > records_max) return {};
  publish(std::make_shared<const Columns>(known ? TRY(known->caught_up(connection, at.newest))
                                                : TRY(Columns::read(connection, at.newest))));
  return {};
}

void Recall::publish(std::shared_ptr<const Columns> columns) {
  const std::lock_guard lock(mutex_);
  if (!columns_ || columns_->as_of() < columns->as_of()) columns_ = std::move(columns);
}

void Recall::want() {
  {
    const std::lock_guard lock(mutex_);
    is_wanted_ = true;
  }
  wanting_.notify_one();
}

bool Recall::wait(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wanting_.wait(lock, stop, [&] { return is_wanted_; });
  return std::exchange(is_wanted_, false) && !stop.stop_requested();
}

Result<Recall::List> Recall::list(Connection& connection, const Columns& columns,
                                  const std::string& expression, Point at, bool reads) {
  Entry known;
  {
    const std::lock_guard lock(mutex_);
    const auto found = lists_.find(expression);
    if (found != lists_.end()) {
      found->second.used = ++uses_;
      known = found->second;
    }
  }
  const bool is_usable =
      known.list && known.at.indexed == at.indexed && known.at.newest <= at.newest;
  if (is_usable && known.at.newest == at.newest) return known.list;
  List list = is_usable ? TRY(patched(connection, columns, expression, known)) : nullptr;
  if (!list && !reads) return List();
  if (!list) {
    RecordSet set;
    auto rows =
        TRY(connection.query("SELECT rowid FROM posting WHERE posting MATCH ?", Text{expression}));
    while (TRY(rows.next()))
      set.add(rows.number(0));
    list = std::make_shared<const RecordSet>(std::move(set));
  }
  keep(expression, {.list = list,
                    .at = at,
                    .record_max = columns.record_max(),
                    .used = 0,
                    .bytes = list->bytes() + expression.size() + sizeof(Entry)});
  return list;
}

// With what has changed since; null: that would cost more than reading the list.
Result<Recall::List> Recall::patched(Connection& connection, const Columns& columns,
                                     const std::string& expression, const Entry& entry) {
  const auto changed = columns.changed_since(entry.at.newest);
  if (!changed) return List();
  const auto first_new = std::upper_bound(changed->begin(), changed->end(), entry.record_max);
  if (first_new - changed->begin() > static_cast<std::ptrdiff_t>(look_ups_max)) return List();
  RecordSet set = *entry.list;
  for (auto record = changed->begin(); record != first_new; ++record) {
    auto rows = TRY(connection.query("SELECT rowid FROM posting WHERE posting MATCH ? AND rowid=?",
                                     Text{expression}, *record));
    if (TRY(rows.next())) {
      set.add(*record);
    } else {
      set.remove(*record);
    }
  }
  auto rows = TRY(connection.query("SELECT rowid FROM posting WHERE posting MATCH ? AND rowid>?",
                                   Text{expression}, entry.record_max));
  while (TRY(rows.next()))
    set.add(rows.number(0));
  return std::make_shared<const RecordSet>(std::move(set));
}

void Recall::keep(const std::string& expression, Entry entry) {
  const std::lock_guard lock(mutex_);
  auto& kept = lists_[expression];
  const bool is_older = kept.list && kept.at.newest > entry.at.newest;
  if (is_older) return;
  entry.used = ++uses_;
  bytes_ += entry.bytes;
  bytes_ -= kept.bytes;
  kept = std::move(entry);
  while (bytes_ > list_bytes_max && lists_.size() > 1) {
    const auto oldest = std::min_element(
        lists_.begin(), lists_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    bytes_ -= oldest->second.bytes;
    lists_.erase(oldest);
  }
}

}  // namespace tasuki::store::sqlite
