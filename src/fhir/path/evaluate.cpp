#include "fhir/path/evaluate.h"

#include <fmt/core.h>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"

namespace tasuki::fhir::path {

bool is_a(const Definitions& definitions, TypeId type, TypeId ancestor) {
  // Types derive at most a few steps; the bound is against a broken image.
  for (int step = 0; type != no_type && step < 16; ++step) {
    if (type == ancestor) return true;
    type = definitions.parent(type);
  }
  return false;
}

bool has_type(const Definitions& definitions, const Item& item, TypeId type) {
  return is_a(definitions, item.type, type);
}

Item root(const Definitions& definitions, const json::Value& resource) {
  return {resource, nullptr, definitions.type(resource.text_of("resourceType")).value_or(no_type),
          nullptr};
}

namespace {

void append_child(const Definitions& definitions, const json::Value& value,
                  const json::Value* sibling, const Element& element, Items& out) {
  Item item{value, sibling, element.type, &element};
  // Where any resource may stand (contained, Bundle.entry.resource) the document says which it is.
  if (value.is_object() && value.find("resourceType") != nullptr)
    item.type = definitions.type(value.text_of("resourceType")).value_or(element.type);
  out.push_back(item);
}

void append_children(const Definitions& definitions, const Item& parent, const json::Value& value,
                     const Element& element, Items& out) {
  const bool is_primitive = definitions.category(element.type) == Category::primitive;
  const json::Value* sibling = nullptr;
  if (is_primitive) sibling = parent.value.find("_" + std::string(element.name));
  if (!value.is_array()) return append_child(definitions, value, sibling, element, out);
  for (size_t i = 0; i < value.size(); ++i) {
    const auto* extra = sibling != nullptr && sibling->is_array() && i < sibling->size()
                            ? &sibling->items()[i]
                            : nullptr;
    append_child(definitions, value.items()[i], extra, element, out);
  }
}

// A primitive of which only extensions are there: "_birthDate" without "birthDate".
void append_bare_extensions(const Definitions& definitions, const Item& item, std::string_view stem,
                            Items& out) {
  const auto* extra = item.value.find("_" + std::string(stem));
  if (extra == nullptr || item.value.find(stem) != nullptr) return;
  const auto* element = definitions.element(item.type, stem);
  if (element == nullptr) return;
  if (extra->is_object()) out.push_back({{}, extra, element->type, element});
  for (const auto& each : extra->items()) {
    if (each.is_object()) out.push_back({{}, &each, element->type, element});
  }
}

}  // namespace

void children(const Definitions& definitions, const Item& item, std::string_view stem, Items& out) {
  if (item.value.is_null() || !item.value.is_object()) {
    if (item.sibling != nullptr && (stem == "extension" || stem == "id")) {
      const auto* element = definitions.element(item.type, stem);
      const auto* value = item.sibling->find(stem);
      if (element != nullptr && value != nullptr)
        append_children(definitions, item, *value, *element, out);
    }
    return;
  }
  for (const auto& [name, value] : item.value.members()) {
    if (name.size() < stem.size() || name.substr(0, stem.size()) != stem) continue;
    const auto* element = definitions.element(item.type, name);
    if (element != nullptr && element->stem == stem)
      append_children(definitions, item, value, *element, out);
  }
  append_bare_extensions(definitions, item, stem, out);
}

void Evaluator::fail(const Node& node, Error::Kind kind, std::string message) {
  if (!failed) failed = Error{kind, std::move(message), fmt::format("character {}", node.position)};
}

bool Evaluator::count(size_t items) {
  items_seen_ += items;
  if (items_seen_ <= Expression::items_max) return !failed;
  if (!failed)
    failed =
        Error{Error::Kind::too_costly,
              fmt::format("The expression looks at more than {} items.", Expression::items_max),
              {}};
  return false;
}

// One item that is not a boolean counts as true. FHIRPath N1 4.5, singleton evaluation.
std::optional<bool> Evaluator::truth(const Items& items, const Node& node) {
  if (items.empty()) return std::nullopt;
  if (items.size() > 1) {
    fail(node, Error::Kind::invalid, "One value should stand here, not several.");
    return std::nullopt;
  }
  return items.front().value.is_boolean() ? items.front().value.boolean() : true;
}

void Evaluator::run(uint32_t number, const Item& focus, Items& out) {
  if (!count(1)) return;
  if (number == start_) {
    out.push_back(focus);
    return;
  }
  const Node& node = tree_.nodes[number];
  switch (node.op) {
    case Op::focus:
      out.push_back(focus);
      break;
    case Op::index:
      out.push_back(integer(static_cast<int64_t>(index)));
      break;
    case Op::resource:
      out.push_back(resource);
      break;
    case Op::literal:
      if (!node.literal.is_null()) out.push_back({node.literal, nullptr, node.type, nullptr});
      break;
    case Op::root:
      if (has_type(definitions, focus, node.type)) out.push_back(focus);
      break;
    case Op::member:
      run_member(node, focus, out);
      break;
    case Op::call: {
      const auto input = run(node.left, focus);
      Call call{*this, node, focus, input};
      if (count(input.size())) node.function->run(call, out);
      break;
    }
    default:
      run_operator(node, focus, out);
  }
}

void Evaluator::run_member(const Node& node, const Item& focus, Items& out) {
  const auto parents = run(node.left, focus);
  const auto before = out.size();
  for (const auto& parent : parents) {
    children(definitions, parent, node.name, out);
    if (!count(out.size() - before)) return;
  }
}

void Evaluator::run_operator(const Node& node, const Item& focus, Items& out) {
  if (node.op == Op::and_ || node.op == Op::or_ || node.op == Op::xor_ || node.op == Op::implies)
    return run_logic(node, focus, out);
  const auto left = run(node.left, focus);
  if (node.op == Op::is || node.op == Op::as) {
    for (const auto& item : left) {
      const bool holds = has_type(definitions, item, node.type);
      if (node.op == Op::is) out.push_back(boolean(holds));
      if (node.op == Op::as && holds) out.push_back(item);
    }
    return;
  }
  const auto right = run(node.right, focus);
  if (!count(left.size() + right.size())) return;
  switch (node.op) {
    case Op::at: {
      if (right.size() != 1 || !right.front().value.is_number())
        return fail(node, Error::Kind::invalid, "An index should be one whole number.");
      size_t place = 0;
      for (const char c : right.front().value.text())
        place = c >= '0' && c <= '9' && place < Expression::items_max
                    ? place * 10 + static_cast<size_t>(c - '0')
                    : Expression::items_max;
      if (place < left.size()) out.push_back(left[place]);
      return;
    }
    case Op::union_: {
      Items both;
      for (const auto* side : {&left, &right}) {
        for (const auto& item : *side) {
          if (count(both.size()) && !includes(both, item)) both.push_back(item);
        }
      }
      out.insert(out.end(), both.begin(), both.end());
      return;
    }
    case Op::concatenate: {
      std::string text;
      for (const auto* side : {&left, &right}) {
        if (side->size() > 1)
          return fail(node, Error::Kind::invalid, "& takes one value on each side.");
        if (!side->empty()) text += side->front().value.text();
      }
      out.push_back(string(text));
      return;
    }
    default:
      run_comparison(node, left, right, out);
  }
}

namespace {

bool same_members(const Items& left, const Items& right, bool (*same)(const Item&, const Item&)) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (!same(left[i], right[i])) return false;
  }
  return true;
}

bool holds(Op op, std::partial_ordering order) {
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

}  // namespace

// Empty operands make an empty answer, except for ~ and !~, which always answer. FHIRPath
// N1 6.1, 6.2, 6.4.
void Evaluator::run_comparison(const Node& node, const Items& left, const Items& right,
                               Items& out) {
  if (node.op == Op::equivalent || node.op == Op::not_equivalent) {
    out.push_back(boolean(same_members(left, right, equivalent) == (node.op == Op::equivalent)));
    return;
  }
  if (left.empty() || right.empty()) {
    if ((node.op == Op::in && !left.empty()) || (node.op == Op::contains && !right.empty()))
      out.push_back(boolean(false));
    return;
  }
  switch (node.op) {
    case Op::equal:
    case Op::not_equal:
      out.push_back(boolean(same_members(left, right, path::equal) == (node.op == Op::equal)));
      return;
    case Op::in:
    case Op::contains: {
      const auto& one = node.op == Op::in ? left : right;
      const auto& many = node.op == Op::in ? right : left;
      if (one.size() > 1)
        return fail(node, Error::Kind::invalid, "One value should stand here, not several.");
      out.push_back(boolean(includes(many, one.front())));
      return;
    }
    default:
      break;
  }
  if (left.size() > 1 || right.size() > 1)
    return fail(node, Error::Kind::invalid, "One value should stand on each side, not several.");
  const auto found = order(left.front(), right.front());
  if (!found) return fail(node, Error::Kind::invalid, "These two values have no order.");
  out.push_back(boolean(holds(node.op, *found)));
}

// FHIRPath N1 6.5. The right side is evaluated only where it can matter.
void Evaluator::run_logic(const Node& node, const Item& focus, Items& out) {
  const auto left = truth(run(node.left, focus), node);
  if (node.op == Op::and_ && left == false) return out.push_back(boolean(false));
  if (node.op == Op::or_ && left == true) return out.push_back(boolean(true));
  if (node.op == Op::implies && left == false) return out.push_back(boolean(true));
  const auto right = truth(run(node.right, focus), node);
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

Result<Expression> Expression::compile(const Definitions& definitions, std::string_view text) {
  Expression expression;
  expression.definitions_ = &definitions;
  expression.tree_ = TRY(parse(definitions, text));
  expression.top_ = expression.tree_->top;
  return expression;
}

Expression Expression::part(uint32_t top, uint32_t start) const {
  Expression result = *this;
  result.top_ = top;
  result.start_ = start;
  return result;
}

Result<Items> Expression::evaluate(const Item& focus, const Item& resource,
                                   json::Arena& arena) const {
  Evaluator evaluator(*definitions_, *tree_, start_, resource, arena);
  auto items = evaluator.run(top_, focus);
  if (evaluator.failed) return *std::move(evaluator.failed);
  return items;
}

}  // namespace tasuki::fhir::path
