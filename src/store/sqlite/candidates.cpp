#include <algorithm>
#include <limits>

#include "store/sqlite/plan.h"

namespace tasuki::store::sqlite {
namespace {

constexpr auto walk_down =
    "SELECT rowid FROM posting WHERE posting MATCH ? AND rowid>=? AND rowid<=? ORDER BY rowid DESC";
// Asking the lists for one record costs as much as walking past so many of a list's entries (20 us,
// 0.05 us).
constexpr size_t probe_cost = 400;
constexpr size_t few_probes = 4;
constexpr uint64_t record_max = std::numeric_limits<int64_t>::max();

}  // namespace

Result<Records> filtered(Connection& connection, const std::string& expression, const Records& set,
                         Budget& budget) {
  Records kept;
  if (set.empty()) return kept;
  auto rows = TRY(
      connection.query("SELECT rowid FROM posting WHERE posting MATCH ? AND rowid>=? AND rowid<=?",
                       Text{expression}, set.front(), set.back()));
  auto wanted = set.begin();
  while (TRY(rows.next())) {
    TRY(budget.spend(1));
    const auto record = rows.number(0);
    wanted = std::lower_bound(wanted, set.end(), record);
    if (wanted == set.end()) break;
    if (*wanted == record) kept.push_back(record);
  }
  return kept;
}

Result<Candidates> Candidates::open(Snapshot& snapshot, const Recalled& recalled, const Plan& plan,
                                    Bounds bounds, Budget& budget) {
  TRY(snapshot.begin());
  bounds.to = std::min(bounds.to, record_max);
  Candidates candidates(snapshot);
  if (plan.set) {
    TRY(candidates.open_list(recalled, plan, bounds, budget));
    return candidates;
  }
  if (plan.remembered) {
    candidates.remembered_ = &*plan.remembered;
    candidates.from_ = bounds.from;
    candidates.to_ = bounds.to;
    return candidates;
  }
  candidates.expression_ = std::make_unique<std::string>(whole_expression(plan));
  candidates.rows_ = std::make_unique<Query>(TRY(snapshot.connection().query(
      walk_down, Text{*candidates.expression_}, bounds.from, bounds.to)));
  return candidates;
}

Result<void> Candidates::open_list(const Recalled& recalled, const Plan& plan, Bounds bounds,
                                   Budget& budget) {
  const auto& remembered = plan.remembered;
  std::copy_if(plan.set->begin(), plan.set->end(), std::back_inserter(list_), [&](uint64_t record) {
    return record >= bounds.from && record <= bounds.to && (!remembered || remembered->has(record));
  });
  Plan rest;
  for (const auto& list : plan.lists)
    if (!TRY(narrow(recalled, list, true))) rest.lists.push_back(list);
  for (const auto& list : plan.without)
    if (!TRY(narrow(recalled, list, false))) rest.without.push_back(list);
  if (list_.empty()) return {};
  if (rest.lists.empty()) {
    for (const auto& unwanted : rest.without) {
      Records left;
      const auto out = TRY(filtered(snapshot_->connection(), unwanted.expression, list_, budget));
      std::set_difference(list_.begin(), list_.end(), out.begin(), out.end(),
                          std::back_inserter(left));
      list_ = std::move(left);
    }
    return {};
  }
  expression_ = std::make_unique<std::string>(whole_expression(rest));
  probes_ = list_.size() <= few_probes;
  if (!probes_) {
    const auto lists = TRY(recalled.sample(*expression_));
    probes_ = list_.size() * probe_cost < lists.expected;
  }
  if (!probes_) list_ = TRY(filtered(snapshot_->connection(), *expression_, list_, budget));
  return {};
}

// Of the list, only those that the other holds, or does not. False: it is not remembered, and not
// worth reading.
Result<bool> Candidates::narrow(const Recalled& recalled, const List& list, bool wanted) {
  if (list_.empty()) return true;
  auto held = TRY(recalled.list(list.expression, false));
  const bool is_worth = !held && recalled.columns() && list_.size() > few_probes;
  if (is_worth && TRY(recalled.sample(list.expression)).expected <= read_max)
    held = TRY(recalled.list(list.expression, true));
  if (!held) return false;
  std::erase_if(list_, [&](uint64_t record) { return held->has(record) != wanted; });
  return true;
}

Result<bool> is_listed(Connection& connection, const std::string& expression, uint64_t record) {
  // Not downwards: each segment's last page would be turned round first.
  auto rows = TRY(connection.query("SELECT rowid FROM posting WHERE posting MATCH ? AND rowid=?",
                                   Text{expression}, record));
  return rows.next();
}

Result<std::optional<uint64_t>> Candidates::next() {
  if (rows_) return TRY(rows_->next()) ? std::optional(rows_->number(0)) : std::nullopt;
  if (remembered_ != nullptr) {
    const auto record = remembered_->at_or_below(to_);
    if (!record || *record < from_) return std::optional<uint64_t>();
    if (*record == 0)
      remembered_ = nullptr;
    else
      to_ = *record - 1;
    return record;
  }
  while (!list_.empty()) {
    const auto record = list_.back();
    list_.pop_back();
    if (!probes_ || TRY(is_listed(snapshot_->connection(), *expression_, record)))
      return std::optional(record);
  }
  return std::optional<uint64_t>();
}

}  // namespace tasuki::store::sqlite
