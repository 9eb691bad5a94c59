// Which of the ways to a search's candidates looks at the least.
//
// Units are looks: reading a candidate's own row costs about as much as eight entries of an index,
// eighty of a list (4 us, 0.5 us, 0.05 us; measured on a million records).
#include <algorithm>
#include <utility>

#include "store/sqlite/codec.h"
#include "store/sqlite/plan.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {
namespace {

// A range with at most so many entries drives the search: they are read in half a millisecond. Of a
// larger one, a sample of the candidates tells whether asking each of them comes cheaper.
constexpr size_t driving_range_max = 2'000;
constexpr size_t entries_for_a_row = 8;
constexpr size_t rows_sampled_max = 128;

bool is_told_by_index(const Node& filter) {
  return filter.op == Node::Op::range ||
         (filter.op == Node::Op::either && !filter.children.empty() &&
          std::all_of(filter.children.begin(), filter.children.end(), is_told_by_index));
}

bool implies(const Node& filter, std::string_view term) {
  const auto& children = filter.children;
  const auto too = [&](const Node& child) { return implies(child, term); };
  switch (filter.op) {
    case Node::Op::range:
      return filter.implies == term;
    case Node::Op::term:
      return filter.bytes == term;
    case Node::Op::both:
      return std::any_of(children.begin(), children.end(), too);
    case Node::Op::either:
      return !children.empty() && std::all_of(children.begin(), children.end(), too);
    default:
      return filter.op == Node::Op::none;
  }
}

bool is_of_group(const Node& filter, uint64_t group) {
  if (filter.op == Node::Op::range) return filter.group == group;
  return std::any_of(filter.children.begin(), filter.children.end(),
                     [&](const Node& child) { return is_of_group(child, group); });
}

Records all_of(const RecordSet& set) {
  Records records;
  set.each_down_from(UINT64_MAX, [&](uint64_t record) { records.push_back(record); });
  std::reverse(records.begin(), records.end());
  return records;
}

// The plan's set was read for this filter: neither it, where entries tell all, nor what they imply
// is asked again.
void leave_out(Plan& plan, const Node& filter) {
  if (is_told_by_index(filter)) std::erase(plan.filters, &filter);
  std::erase_if(plan.lists, [&](const List& list) {
    return list.node != nullptr && list.node->op == Node::Op::term &&
           implies(filter, list.node->bytes);
  });
}

}  // namespace

Result<void> Planner::choose_driver(Plan& plan, const Wanted& wanted) {
  std::vector<const Node*> large, answered;
  for (const auto* filter : plan.filters) {
    budget_.begin(filter->part, "ordered index");
    auto few = TRY(few_of(plan, *filter, std::min(budget_.left(), driving_range_max)));
    if (few) {
      budget_.expect(few->size());
      intersect(plan.set, *std::move(few));
      answered.push_back(filter);
    } else {
      large.push_back(filter);
    }
  }
  for (const auto* filter : answered)
    leave_out(plan, *filter);
  if (!plan.set && plan.lists.empty()) {
    plan.lists.push_back({TRY(kinds_expression()), nullptr});
    plan.lists_kinds = true;
  }
  if (!plan.set) TRY(recall_lists(plan, wanted));
  if (!plan.set && !large.empty()) TRY(drive_by_range(plan, wanted, large));
  budget_.begin(plan.lists_kinds && plan.parts.empty() ? "the type" : plan.parts,
                "each one's own row");
  return {};
}

Result<void> Planner::drive_by_range(Plan& plan, const Wanted& wanted,
                                     const std::vector<const Node*>& ranges) {
  const auto list = TRY(sample_of(plan));
  if (list.is_whole) {
    plan.drive_by(list.newest);
    return {};
  }
  // Where the sort's own index is the range's, walking it from where the range begins reads no
  // more.
  const bool is_one_index =
      wanted.is_sorted && std::any_of(ranges.begin(), ranges.end(), [&](const Node* range) {
        return is_of_group(*range, wanted.sort_group);
      });
  if (is_one_index) return {};
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
    auto found = TRY(few_of(plan, *range, std::min(budget_.left(), rows * entries_for_a_row)));
    if (!found) continue;
    budget_.expect(found->size());
    if (plan.remembered)
      std::erase_if(*found, [&](uint64_t record) { return !plan.remembered->has(record); });
    plan.remembered.reset();
    plan.set = *std::move(found);
    if (std::exchange(plan.lists_kinds, false)) plan.lists.clear();
    leave_out(plan, *range);
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
Result<std::optional<Records>> Planner::few_of(const Plan& plan, const Node& filter,
                                               size_t count_max) {
  if (filter.op == Node::Op::none) return std::optional(Records());
  if (filter.op == Node::Op::term || filter.op == Node::Op::prefix) {
    const auto& list = plan.held.at(&filter);
    return list->count() <= count_max ? std::optional(all_of(*list)) : std::nullopt;
  }
  if (filter.op == Node::Op::range) {
    auto found = TRY(recalled_.few_in(filter, count_max));
    TRY(budget_.spend(std::min(found.looked_at, std::min(count_max, budget_.left()))));
    return found.complete ? std::optional(std::move(found.records)) : std::nullopt;
  }
  if (filter.op == Node::Op::either) {
    Records all;
    for (const auto& child : filter.children) {
      auto few = TRY(few_of(plan, child, count_max));
      if (!few) return std::optional<Records>();
      all = united(std::move(all), *few);
    }
    return std::optional(std::move(all));
  }
  for (const auto& child : filter.children) {
    auto few = TRY(few_of(plan, child, count_max));
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
