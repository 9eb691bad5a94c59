// Which of the ways to a search's candidates looks at the least.
//
// Units are looks: reading a candidate's own row costs about as much as eight entries of an index,
// eighty of a list (4 us, 0.5 us, 0.05 us; measured on a million records).
#include <algorithm>
#include <utility>

#include "store/sqlite/codec.h"
#include "store/sqlite/ordered.h"
#include "store/sqlite/plan.h"
#include "store/sqlite/sample.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {
namespace {

// A range with at most so many entries drives the search: they are read in half a millisecond. Of a
// larger one, a sample of the candidates tells whether asking each of them comes cheaper.
constexpr size_t driving_range_max = 2'000;
constexpr size_t entries_for_a_row = 8;
constexpr size_t rows_sampled_max = 128;

}  // namespace

Result<void> Planner::choose_driver(Plan& plan, const Wanted& wanted) {
  std::vector<const Node*> large;
  for (const auto* filter : plan.filters) {
    budget_.begin(filter->part, "ordered index");
    auto few = TRY(few_of(*filter, std::min(budget_.left(), driving_range_max)));
    if (few) {
      budget_.expect(few->size());
      intersect(plan.set, *std::move(few));
    } else {
      large.push_back(filter);
    }
  }
  if (plan.match.empty() && !plan.set) {
    plan.match = TRY(kinds_expression());
    plan.lists_kinds = true;
  }
  if (!plan.set && !large.empty()) TRY(drive_by_range(plan, wanted, large));
  budget_.begin(plan.lists_kinds && plan.parts.empty() ? "the type" : plan.parts,
                "each one's own row");
  return {};
}

Result<void> Planner::drive_by_range(Plan& plan, const Wanted& wanted,
                                     const std::vector<const Node*>& ranges) {
  const auto list = TRY(sample(snapshot_.connection(), whole_expression(plan)));
  if (list.is_whole) {
    plan.set = list.newest;
    plan.match.clear();
    plan.without.clear();
    plan.lists_kinds = false;
    return {};
  }
  const double share = TRY(share_that_passes(plan, list.newest));
  const auto all = static_cast<double>(list.expected), hits = static_cast<double>(wanted.hits);
  // A sort walks its own index, where hits lie as thin as among all records.
  const double looks = wanted.is_whole    ? all
                       : wanted.is_sorted ? hits * static_cast<double>(TRY(live())) / (all * share)
                                          : hits / share;
  const auto rows = static_cast<size_t>(std::min(looks, all));
  if (rows <= driving_range_max / 2) return {};
  for (const auto* range : ranges) {
    budget_.begin(range->part, "ordered index");
    auto found = TRY(few_of(*range, std::min(budget_.left(), rows * entries_for_a_row)));
    if (!found) continue;
    budget_.expect(found->size());
    intersect(plan.set, *std::move(found));
    if (std::exchange(plan.lists_kinds, false)) plan.match.clear();
    return {};
  }
  return {};
}

// Of the newest records; half a record where none does, so that "rare" stays a number.
Result<double> Planner::share_that_passes(const Plan& plan, const Records& records) {
  const size_t count = std::min(records.size(), rows_sampled_max);
  budget_.begin("candidates", "a sample");
  TRY(budget_.spend(count));
  double passed = 0;
  for (size_t i = records.size() - count; i < records.size(); ++i) {
    const auto row = TRY(snapshot_.candidate(records[i]));
    if (row && plan.passes(records[i], row->ordered)) ++passed;
  }
  return std::max(passed, 0.5) / static_cast<double>(count);
}

Result<uint64_t> Planner::live() {
  uint64_t count = 0;
  for (const auto kind : kinds_.empty() ? TRY(snapshot_.kinds()) : kinds_)
    count += TRY(snapshot_.count(kind));
  return count;
}

// The filter's records, or more, if the ordered index has at most so many entries of them.
Result<std::optional<Records>> Planner::few_of(const Node& filter, size_t count_max) {
  if (filter.op == Node::Op::none) return std::optional(Records());
  if (filter.op == Node::Op::range) {
    auto found = TRY(find_in_range(snapshot_.connection(), filter, count_max));
    TRY(budget_.spend(std::min(found.looked_at, std::min(count_max, budget_.left()))));
    return found.complete ? std::optional(std::move(found.records)) : std::nullopt;
  }
  if (filter.op == Node::Op::either) {
    Records all;
    for (const auto& child : filter.children) {
      auto few = TRY(few_of(child, count_max));
      if (!few) return std::optional<Records>();
      all = united(std::move(all), *few);
    }
    return std::optional(std::move(all));
  }
  for (const auto& child : filter.children) {
    auto few = TRY(few_of(child, count_max));
    if (few || filter.op == Node::Op::except) return few;
  }
  // An empty `except` holds for none, an empty `both` and `all` for every record.
  if (filter.op == Node::Op::except) return std::optional(Records());
  return std::optional<Records>();
}

Result<std::string> Planner::kinds_expression() {
  const auto kinds = kinds_.empty() ? TRY(snapshot_.kinds()) : kinds_;
  std::string text = "(";
  for (const auto kind : kinds) {
    if (text.size() > 1) text += " OR ";
    text += quoted(kind_term(kind));
  }
  return text.size() == 1 ? quoted("k") : text + ")";
}

}  // namespace tasuki::store::sqlite
