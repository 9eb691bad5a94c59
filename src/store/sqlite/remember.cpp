// Posting lists as sets in memory: which are worth reading whole, and how they are joined.
//
// The first page of one list needs its newest entries only, and FTS5 hands them out. Lists joined
// with each other may have little in common, and then FTS5 walks them to their ends, for every
// question again; a total and a sort need the whole list anyway. Those are read once and
// remembered.
#include <algorithm>

#include "store/sqlite/plan.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {
namespace {

// An `either` of more is one list: each of its own would cost as much to find as to read.
constexpr size_t alternatives_max = 8;

bool is_joined(const Node& node) {
  return node.op != Node::Op::term;
}

}  // namespace

Result<void> Planner::recall_lists(Plan& plan, const Wanted& wanted) {
  if (!recalled_.columns() || TRY(remember(plan, false))) return {};
  const bool is_joined_up = plan.lists.size() + plan.without.size() > 1 ||
                            (plan.lists.front().node && is_joined(*plan.lists.front().node));
  if (!wanted.is_whole && !is_joined_up) return {};
  uint64_t unread = 0;
  const List* few = nullptr;
  Records records;
  for (const auto& list : plan.lists) {
    // FTS5 reads all that a prefix finds before it hands out the first: then it may as well be
    // kept.
    const bool reads = list.node && list.node->op == Node::Op::prefix;
    const auto known =
        list.node ? TRY(remembered(*list.node, reads)) : TRY(remembered_kinds(false));
    if (known) continue;
    auto piece = TRY(recalled_.sample(list.expression));
    if (piece.is_whole && (few == nullptr || piece.newest.size() < records.size())) {
      few = &list;
      records = std::move(piece.newest);
    } else {
      unread += piece.expected;
    }
  }
  if (unread > read_max) return {};  // FTS5 skips in them
  if (few != nullptr) {
    std::erase_if(plan.lists, [&](const List& one) { return &one == few; });
    plan.set = std::move(records);
    plan.lists_kinds = false;
    return {};
  }
  TRY(remember(plan, true));
  return {};
}

Result<bool> Planner::remember(Plan& plan, bool reads) {
  if (!recalled_.columns()) return false;
  std::optional<RecordSet> all;
  for (const auto& list : plan.lists) {
    auto one = list.node ? TRY(remembered(*list.node, reads)) : TRY(remembered_kinds(reads));
    if (!one) return false;
    all = all ? RecordSet::both(*all, *one) : *std::move(one);
  }
  if (!all) return false;
  for (const auto& unwanted : plan.without) {
    const auto one = TRY(remembered(*unwanted.node, reads));
    if (!one) return false;
    all = RecordSet::except(*all, *one);
  }
  plan.remembered = std::move(all);
  plan.lists.clear();
  plan.without.clear();
  return true;
}

Result<std::optional<RecordSet>> Planner::remembered(const Node& node, bool reads) {
  using Set = std::optional<RecordSet>;
  const bool is_one = node.op == Node::Op::term || node.op == Node::Op::prefix ||
                      node.children.size() > alternatives_max;
  if (is_one) {
    const auto list = TRY(recalled_.list(expression_of(node), reads));
    return list ? Set(*list) : Set();
  }
  Set all;
  for (const auto& child : node.children) {
    auto one = TRY(remembered(child, reads));
    if (!one) return Set();
    if (!all)
      all = *std::move(one);
    else if (node.op == Node::Op::both)
      all = RecordSet::both(*all, *one);
    else if (node.op == Node::Op::either)
      all = RecordSet::either(*all, *one);
    else
      all = RecordSet::except(*all, *one);
  }
  return all;
}

Result<std::optional<RecordSet>> Planner::remembered_kinds(bool reads) {
  using Set = std::optional<RecordSet>;
  Set all;
  for (const auto kind : kinds_.empty() ? TRY(snapshot_.kinds()) : kinds_) {
    const auto list = TRY(recalled_.list(quoted(kind_term(kind)), reads));
    if (!list) return Set();
    all = all ? RecordSet::either(*all, *list) : *list;
  }
  return all ? all : RecordSet();
}

Result<Sample> Planner::sample_of(const Plan& plan) {
  if (!plan.remembered) return recalled_.sample(whole_expression(plan));
  Sample sample;
  sample.expected = plan.remembered->count();
  auto next = plan.remembered->at_or_below(UINT64_MAX);
  while (next && sample.newest.size() < newest_max) {
    sample.newest.push_back(*next);
    next = *next == 0 ? std::nullopt : plan.remembered->at_or_below(*next - 1);
  }
  sample.is_whole = sample.newest.size() == sample.expected;
  std::reverse(sample.newest.begin(), sample.newest.end());
  return sample;
}

// Whether terms stand among the node's ranges that can be asked of a record by number.
Result<bool> Planner::hold_terms(Plan& plan, const Node& node) {
  switch (node.op) {
    case Node::Op::range:
    case Node::Op::all:
    case Node::Op::none:
      return true;
    case Node::Op::both:
    case Node::Op::either:
    case Node::Op::except:
      for (const auto& child : node.children)
        if (!TRY(hold_terms(plan, child))) return false;
      return true;
    case Node::Op::term:
    case Node::Op::prefix:
      break;
    default:
      return false;
  }
  if (!recalled_.columns()) return false;
  const auto expression = expression_of(node);
  auto list = TRY(recalled_.list(expression, false));
  if (!list && TRY(recalled_.sample(expression)).expected <= read_max)
    list = TRY(recalled_.list(expression, true));
  if (!list) return false;
  plan.held.emplace(&node, std::move(list));
  return true;
}

}  // namespace tasuki::store::sqlite
