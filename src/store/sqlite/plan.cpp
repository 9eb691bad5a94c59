#include "store/sqlite/plan.h"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "store/sqlite/codec.h"
#include "store/sqlite/ordered.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {
namespace {

// A range with at most so many entries drives the search; a larger one is asked of each candidate's
// row. 2,000 entries are read in about half a millisecond.
constexpr size_t driving_range_max = 2'000;
// Where no list drives either: beyond, newest records are asked one by one, since hits must be
// frequent.
constexpr size_t driving_range_alone_max = 50'000;
// Asking the lists for one record costs about as much as walking past so many of a list's entries
// (20 us, 0.05 us).
constexpr size_t probe_cost = 400;
constexpr size_t expanded_terms_max = 200;  // of a `contains`, in one FTS5 expression

bool is_posting(const Node& node) {
  const auto all_children = [&] {
    return !node.children.empty() &&
           std::all_of(node.children.begin(), node.children.end(), is_posting);
  };
  switch (node.op) {
    case Node::Op::term:
    case Node::Op::prefix:
      return true;
    case Node::Op::both:
    case Node::Op::either:
    case Node::Op::except:
      return all_children();
    default:
      return false;
  }
}

// Can be judged from a record's ordered entries alone.
bool is_filter(const Node& node) {
  switch (node.op) {
    case Node::Op::range:
    case Node::Op::all:
    case Node::Op::none:
      return true;
    case Node::Op::both:
    case Node::Op::either:
    case Node::Op::except:
      return std::all_of(node.children.begin(), node.children.end(), is_filter);
    default:
      return false;
  }
}

std::string expression_of(const Node& node);

std::string joined(const Node& node, std::string_view word) {
  std::string text = "(";
  for (const auto& child : node.children) {
    if (text.size() > 1) text += word;
    text += expression_of(child);
  }
  return text + ")";
}

std::string expression_of(const Node& node) {
  switch (node.op) {
    case Node::Op::term:
      return quoted(term_of(node.bytes));
    case Node::Op::prefix:
      return quoted(term_of(node.bytes)) + " *";
    case Node::Op::both:
      return joined(node, " AND ");
    case Node::Op::either:
      return joined(node, " OR ");
    default:
      break;
  }
  auto text = expression_of(node.children[0]);  // except
  for (size_t i = 1; i < node.children.size(); ++i) {
    text = fmt::format("({} NOT {})", text, expression_of(node.children[i]));
  }
  return text;
}

Records united(Records a, const Records& b) {
  Records all;
  all.reserve(a.size() + b.size());
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

constexpr auto walk_down =
    "SELECT rowid FROM posting WHERE posting MATCH ? AND rowid>=? AND rowid<=? ORDER BY rowid DESC";
constexpr uint64_t record_max = std::numeric_limits<int64_t>::max();

// Which of the set's records the lists hold, walking only the lists' part between the set's ends.
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

}  // namespace

Result<void> Budget::spend(size_t count) {
  if (count > left_) {
    return Error{
        Error::Kind::too_costly,
        fmt::format(
            "The search would look at more than {} records; add a criterion that fewer have.",
            max_),
        {}};
  }
  left_ -= count;
  return {};
}

bool Plan::passes(uint64_t record, std::string_view ordered) const {
  const auto in = [&](const Node* filter) { return matches(*filter, record, {}, ordered); };
  return std::all_of(filters.begin(), filters.end(), in) &&
         std::none_of(not_filters.begin(), not_filters.end(), in) &&
         std::none_of(not_sets.begin(), not_sets.end(), [&](const Records& records) {
           return std::binary_search(records.begin(), records.end(), record);
         });
}

std::string whole_expression(const Plan& plan) {
  auto text = plan.match;
  for (const auto& unwanted : plan.without)
    text = fmt::format("({} NOT {})", text, unwanted);
  return text;
}

void intersect(std::optional<Records>& set, Records other) {
  if (!set) {
    set = std::move(other);
    return;
  }
  Records kept;
  std::set_intersection(set->begin(), set->end(), other.begin(), other.end(),
                        std::back_inserter(kept));
  set = std::move(kept);
}

Result<Plan> Planner::plan(const Node& where) {
  Plan plan;
  TRY(add(plan, where));
  return plan;
}

Result<void> Planner::add(Plan& plan, const Node& node) {
  if (is_posting(node)) {
    plan.match = plan.match.empty() ? expression_of(node)
                                    : fmt::format("({} AND {})", plan.match, expression_of(node));
    return {};
  }
  switch (node.op) {
    case Node::Op::all:
      return {};
    case Node::Op::both:
      for (const auto& child : node.children)
        TRY(add(plan, child));
      return {};
    case Node::Op::except:
      if (node.children.empty()) break;
      TRY(add(plan, node.children[0]));
      for (size_t i = 1; i < node.children.size(); ++i)
        TRY(subtract(plan, node.children[i]));
      return {};
    default:
      break;
  }
  if (is_filter(node)) {
    plan.filters.push_back(&node);
  } else {
    intersect(plan.set, TRY(records_of(node)));
  }
  return {};
}

Result<void> Planner::subtract(Plan& plan, const Node& node) {
  if (is_posting(node)) {
    plan.without.push_back(expression_of(node));
  } else if (is_filter(node)) {
    plan.not_filters.push_back(&node);
  } else {
    plan.not_sets.push_back(TRY(records_of(node)));
  }
  return {};
}

Result<void> Planner::choose_driver(Plan& plan, bool whole) {
  const bool has_list = !plan.match.empty() || plan.set;
  const auto alone_max = whole ? budget_.left() : driving_range_alone_max;
  const auto count_max = std::min(budget_.left(), has_list ? driving_range_max : alone_max);
  for (const auto* filter : plan.filters) {
    auto few = TRY(few_of(*filter, count_max));
    if (few) intersect(plan.set, *std::move(few));
    if (few && !has_list) break;  // one drives; the others are asked
  }
  if (!plan.match.empty() || plan.set) return {};
  plan.match = TRY(kinds_expression());
  plan.is_kinds = plan.without.empty();
  return {};
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

Result<Records> Planner::records_of(const Node& node) {
  switch (node.op) {
    case Node::Op::none:
      return Records();
    case Node::Op::except:
      if (node.children.empty()) return Records();
      break;
    case Node::Op::contains:
      return containing(node);
    case Node::Op::records: {
      auto records = node.records;
      std::sort(records.begin(), records.end());
      records.erase(std::unique(records.begin(), records.end()), records.end());
      return records;
    }
    case Node::Op::range: {
      auto found = TRY(find_in_range(snapshot_.connection(), node, budget_.left()));
      TRY(budget_.spend(found.looked_at));
      return std::move(found.records);
    }
    case Node::Op::either: {
      Records all;
      for (const auto& child : node.children)
        all = united(std::move(all), TRY(records_of(child)));
      return all;
    }
    default:
      break;
  }
  if (is_posting(node)) return matching(expression_of(node));

  auto inner = TRY(plan(node));
  TRY(choose_driver(inner, true));
  auto candidates = TRY(Candidates::open(snapshot_, inner, {0, record_max}, budget_));
  Records records;
  while (const auto record = TRY(candidates.next())) {
    TRY(budget_.spend(1));
    const auto row = TRY(snapshot_.candidate(*record));
    if (row && inner.passes(*record, row->ordered)) records.push_back(*record);
  }
  std::reverse(records.begin(), records.end());
  return records;
}

Result<Records> Planner::containing(const Node& node) {
  const auto first = term_of(node.bytes);
  auto rows =
      TRY(snapshot_.connection().query("SELECT term FROM posting_term WHERE term>=?", Text{first}));
  Records records;
  std::string expression;
  size_t terms = 0;
  while (TRY(rows.next())) {
    const auto term = rows.bytes(0);
    if (!term.starts_with(first)) break;
    TRY(budget_.spend(1));
    if (term.substr(first.size()).find(node.needle) == std::string_view::npos) continue;
    expression += (expression.empty() ? "" : " OR ") + quoted(term);
    if (++terms % expanded_terms_max != 0) continue;
    records = united(std::move(records), TRY(matching(expression)));
    expression.clear();
  }
  if (!expression.empty()) records = united(std::move(records), TRY(matching(expression)));
  return records;
}

Result<Records> Planner::matching(const std::string& expression) {
  auto rows = TRY(snapshot_.connection().query(
      "SELECT rowid FROM posting WHERE posting MATCH ? ORDER BY rowid", Text{expression}));
  Records records;
  while (TRY(rows.next())) {
    TRY(budget_.spend(1));
    records.push_back(rows.number(0));
  }
  return records;
}

Result<Candidates> Candidates::open(Snapshot& snapshot, const Plan& plan, Bounds bounds,
                                    Budget& budget) {
  TRY(snapshot.begin());
  bounds.to = std::min(bounds.to, record_max);
  Candidates candidates(snapshot);
  candidates.expression_ = std::make_unique<std::string>(whole_expression(plan));
  if (plan.set) {
    TRY(candidates.open_list(plan, bounds, budget));
    return candidates;
  }
  candidates.rows_ = std::make_unique<Query>(TRY(snapshot.connection().query(
      walk_down, Text{*candidates.expression_}, bounds.from, bounds.to)));
  return candidates;
}

Result<void> Candidates::open_list(const Plan& plan, Bounds bounds, Budget& budget) {
  std::copy_if(plan.set->begin(), plan.set->end(), std::back_inserter(list_),
               [&](uint64_t record) { return record >= bounds.from && record <= bounds.to; });
  if (list_.empty()) return {};
  if (plan.match.empty()) {
    for (const auto& unwanted : plan.without) {
      Records left;
      const auto out = TRY(filtered(snapshot_->connection(), unwanted, list_, budget));
      std::set_difference(list_.begin(), list_.end(), out.begin(), out.end(),
                          std::back_inserter(left));
      list_ = std::move(left);
    }
    return {};
  }
  probes_ = list_.size() * probe_cost < list_.back() - list_.front();
  if (!probes_) list_ = TRY(filtered(snapshot_->connection(), *expression_, list_, budget));
  return {};
}

Result<bool> is_listed(Connection& connection, const std::string& expression, uint64_t record) {
  auto rows = TRY(connection.query(walk_down, Text{expression}, record, record));
  return rows.next();
}

Result<std::optional<uint64_t>> Candidates::next() {
  if (rows_) return TRY(rows_->next()) ? std::optional(rows_->number(0)) : std::nullopt;
  while (!list_.empty()) {
    const auto record = list_.back();
    list_.pop_back();
    if (!probes_ || TRY(is_listed(snapshot_->connection(), *expression_, record)))
      return std::optional(record);
  }
  return std::optional<uint64_t>();
}

}  // namespace tasuki::store::sqlite
