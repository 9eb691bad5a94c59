// Comparison, membership and three-valued logic. FHIRPath N1 6.1, 6.2, 6.4, 6.5.
#include "fhir/path/compare.h"
#include "fhir/path/evaluate.h"

namespace tasuki::fhir::path {
namespace {

bool holds(Op op, std::strong_ordering order) {
  switch (op) {
    case Op::less:
      return order < 0;
    case Op::less_equal:
      return order <= 0;
    case Op::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool is_bare(const Items& items) {
  return items.size() == 1 && items.front().value.is_null();
}

}  // namespace

// Empty operands make an empty answer, except for ~ and !~, which always answer.
void Evaluator::run_comparison(const Node& node, const Items& left, const Items& right,
                               Items& out) {
  switch (node.op) {
    case Op::equivalent:
    case Op::not_equivalent:
      out.push_back(boolean(alike(left, right) == (node.op == Op::equivalent)));
      return;
    case Op::equal:
    case Op::not_equal:
      return run_equality(node, left, right, out);
    case Op::in:
      return run_membership(node, left, right, out);
    case Op::contains:
      return run_membership(node, right, left, out);
    default:
      break;
  }
  if (left.empty() || right.empty()) return;
  if (left.size() > 1 || right.size() > 1)
    return fail(node, Error::Kind::invalid, "One value should stand on each side, not several.");
  if (is_bare(left) || is_bare(right)) return;
  const auto found = path::order(definitions, left.front(), right.front());
  if (!found.is_comparable)
    return fail(node, Error::Kind::invalid, "These two values have no order.");
  if (found.order) out.push_back(boolean(holds(node.op, *found.order)));
}

void Evaluator::run_equality(const Node& node, const Items& left, const Items& right, Items& out) {
  if (left.empty() || right.empty()) return;
  bool all = left.size() == right.size();
  for (size_t i = 0; all && i < left.size(); ++i) {
    const auto same = path::equal(definitions, left[i], right[i]);
    if (!same) return;
    all = *same;
  }
  out.push_back(boolean(all == (node.op == Op::equal)));
}

// In any order. FHIRPath N1 6.1.2.
bool Evaluator::alike(const Items& left, const Items& right) {
  if (left.size() != right.size()) return false;
  std::vector<bool> taken(right.size());
  for (const auto& item : left) {
    bool found = false;
    for (size_t i = 0; i < right.size() && !found; ++i) {
      if (taken[i] || !path::equivalent(definitions, item, right[i])) continue;
      taken[i] = found = true;
    }
    if (!found || !count(right.size())) return false;
  }
  return true;
}

void Evaluator::run_membership(const Node& node, const Items& one, const Items& many, Items& out) {
  if (one.empty()) return;
  if (one.size() > 1)
    return fail(node, Error::Kind::invalid, "One value should stand here, not several.");
  bool found = false;
  for (const auto& item : many)
    found = found || same(definitions, item, one.front());
  out.push_back(boolean(found));
}

// The right side is evaluated only where it can matter.
void Evaluator::run_logic(const Node& node, const Item& focus, Items& out) {
  const auto side = [&](uint32_t number) {
    Scratch items(*this);
    run_apart(number, focus, items.items);
    return truth(items.items, node);
  };
  const auto left = side(node.left);
  if (failed) return;
  if (node.op == Op::and_ && left == false) return out.push_back(boolean(false));
  if (node.op == Op::or_ && left == true) return out.push_back(boolean(true));
  if (node.op == Op::implies && left == false) return out.push_back(boolean(true));
  const auto right = side(node.right);
  const bool both = left && right;
  switch (node.op) {
    case Op::and_:
      if (right == false) return out.push_back(boolean(false));
      if (both) out.push_back(boolean(true));
      return;
    case Op::or_:
      if (right == true) return out.push_back(boolean(true));
      if (both) out.push_back(boolean(false));
      return;
    case Op::xor_:
      if (both) out.push_back(boolean(*left != *right));
      return;
    default:  // implies
      if (right == true) return out.push_back(boolean(true));
      if (both) out.push_back(boolean(false));
  }
}

}  // namespace tasuki::fhir::path
