#include "store/sqlite/plan.h"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "store/sqlite/codec.h"
#include "store/sqlite/ordered.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {
namespace {

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

std::string joined(const Node& node, std::string_view word) {
  std::string text = "(";
  for (const auto& child : node.children) {
    if (text.size() > 1) text += word;
    text += expression_of(child);
  }
  return text + ")";
}

}  // namespace

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

bool Plan::passes(uint64_t record, std::string_view ordered) const {
  const auto in = [&](const Node* filter) { return holds(*filter, record, ordered); };
  return std::all_of(filters.begin(), filters.end(), in) &&
         std::none_of(not_filters.begin(), not_filters.end(), in) &&
         std::none_of(not_sets.begin(), not_sets.end(), [&](const Records& records) {
           return std::binary_search(records.begin(), records.end(), record);
         });
}

bool Plan::holds(const Node& filter, uint64_t record, std::string_view ordered) const {
  const auto& children = filter.children;
  const auto in = [&](const Node& child) { return holds(child, record, ordered); };
  switch (filter.op) {
    case Node::Op::term:
    case Node::Op::prefix:
      return held.at(&filter)->has(record);
    case Node::Op::both:
      return std::all_of(children.begin(), children.end(), in);
    case Node::Op::either:
      return std::any_of(children.begin(), children.end(), in);
    case Node::Op::except:
      return !children.empty() && in(children[0]) &&
             std::none_of(children.begin() + 1, children.end(), in);
    default:
      return matches(filter, record, {}, ordered);
  }
}

bool Plan::is_about(uint64_t subject) const {
  return std::all_of(about.begin(), about.end(), [&](const Subjects& one) {
    return one.is_anybody || (one.unsure != 0 && subject == one.unsure) || one.has(subject);
  });
}

void Plan::drive_by(Records records) {
  set = std::move(records);
  remembered.reset();
  lists.clear();
  without.clear();
  lists_kinds = false;
}

std::string whole_expression(const Plan& plan) {
  std::string text;
  for (const auto& list : plan.lists)
    text = text.empty() ? list.expression : fmt::format("({} AND {})", text, list.expression);
  for (const auto& unwanted : plan.without)
    text = fmt::format("({} NOT {})", text, unwanted.expression);
  return text;
}

Records united(Records a, const Records& b) {
  Records all;
  all.reserve(a.size() + b.size());
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
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

Result<Plan> Planner::plan(const Node& where, bool explains) {
  explains_ = explains;
  Plan plan;
  TRY(add(plan, where));
  return plan;
}

Result<void> Planner::add(Plan& plan, const Node& node) {
  const bool names_itself =
      node.op != Node::Op::both || node.children.empty() || node.children.front().part.empty();
  if (names_itself && !node.part.empty())
    plan.parts += (plan.parts.empty() ? "" : ", ") + node.part;
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
    case Node::Op::about:
      return add_about(plan, node);
    default:
      break;
  }
  if (is_posting(node)) {
    if (explains_) {
      budget_.begin(node.part, "posting list");
      budget_.expect(TRY(recalled_.sample(expression_of(node))).expected);
    }
    plan.lists.push_back({expression_of(node), &node});
  } else if (is_filter(node) || TRY(hold_terms(plan, node))) {
    plan.filters.push_back(&node);
  } else {
    budget_.begin(node.part, "worked out to a list");
    intersect(plan.set, TRY(records_of(node)));
  }
  return {};
}

Result<void> Planner::subtract(Plan& plan, const Node& node) {
  if (is_posting(node)) {
    plan.without.push_back({expression_of(node), &node});
  } else if (is_filter(node)) {
    plan.not_filters.push_back(&node);
  } else {
    budget_.begin(node.part, "worked out to a list");
    plan.not_sets.push_back(TRY(records_of(node)));
  }
  return {};
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
  TRY(choose_driver(inner, {.hits = 0, .is_whole = true, .is_sorted = false}));
  constexpr uint64_t all = std::numeric_limits<int64_t>::max();
  auto candidates = TRY(Candidates::open(snapshot_, recalled_, inner, {0, all}, budget_));
  Records records;
  while (const auto record = TRY(candidates.next())) {
    TRY(budget_.spend(1));
    const auto row = TRY(snapshot_.candidate(*record));
    if (row && inner.passes(*record, row->ordered) && inner.is_about(row->subject))
      records.push_back(*record);
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

}  // namespace tasuki::store::sqlite
