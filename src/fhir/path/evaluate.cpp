#include "fhir/path/evaluate.h"

#include <fmt/core.h>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"
#include "fhir/path/type.h"

namespace tasuki::fhir::path {

Item Evaluator::decimal(const Decimal& value) const {
  return made(json::Value::number(arena, value.text()), System::decimal);
}

Item Evaluator::text(std::string_view value, System system) {
  count_text(value.size());
  return made(json::Value::string(arena, value), system);
}

void Evaluator::fail(const Node& node, Error::Kind kind, std::string message) {
  if (!failed) failed = Error{kind, std::move(message), fmt::format("character {}", node.position)};
}

bool Evaluator::count(size_t items) {
  items_seen_ += items;
  if (items_seen_ <= environment.items_max) return !failed;
  if (!failed)
    failed =
        Error{Error::Kind::too_costly,
              fmt::format("The expression looks at more than {} items.", environment.items_max),
              "character 1"};
  return false;
}

bool Evaluator::count_text(size_t bytes) {
  text_made_ += bytes;
  if (text_made_ <= Expression::text_made_max) return !failed;
  if (!failed)
    failed = Error{
        Error::Kind::too_costly,
        fmt::format("The expression makes more than {} bytes of text.", Expression::text_made_max),
        "character 1"};
  return false;
}

Instant Evaluator::now() {
  if (!now_) now_ = environment.now ? *environment.now : tasuki::now();
  return *now_;
}

bool Evaluator::define(std::string_view name, const Items& value) {
  for (const auto& each : defined_) {
    if (each.name == name) return false;
  }
  if (defined_.size() >= 100) return count(environment.items_max);
  defined_.push_back({std::string(name), value});
  return true;
}

// One item that is not a boolean counts as true. FHIRPath N1 4.5, singleton evaluation.
std::optional<bool> Evaluator::truth(const Items& items, const Node& node) {
  if (items.empty()) return std::nullopt;
  if (items.size() > 1) {
    fail(node, Error::Kind::invalid, "One value should stand here, not several.");
    return std::nullopt;
  }
  const auto& value = items.front().value;
  if (value.is_null() && items.front().sibling != nullptr) return std::nullopt;
  return value.is_boolean() ? value.boolean() : true;
}

void Evaluator::run_apart(uint32_t node, const Item& focus, Items& out) {
  const auto known = defined_.size();
  run(node, focus, out);
  defined_.resize(known);
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
    case Op::total:
      if (total != nullptr) out.insert(out.end(), total->begin(), total->end());
      break;
    case Op::resource:
      out.push_back(environment.resource);
      break;
    case Op::root_resource:
      out.push_back(environment.root_resource.value_or(environment.resource));
      break;
    case Op::context:
      out.push_back(context_);
      break;
    case Op::variable:
      run_variable(node, out);
      break;
    case Op::literal:
      if (!node.literal.is_null())
        out.push_back({node.literal, nullptr, node.type, node.system, nullptr});
      break;
    case Op::root:
      if (focus.type == no_type ? focus.value.text_of("resourceType") == node.name
                                : is_a(definitions, focus.type, node.type))
        out.push_back(focus);
      break;
    case Op::member:
      run_member(node, focus, out);
      break;
    case Op::call:
      run_call(node, focus, out);
      break;
    default:
      run_operator(node, focus, out);
  }
}

void Evaluator::run_member(const Node& node, const Item& focus, Items& out) {
  // Most paths step from one item: no collection between.
  const bool is_head = tree_.nodes[node.left].op == Op::focus;
  if (is_head && node.left != start_) {
    // Where no definitions are known, the name of the resource may stand at the head all the same.
    if (focus.type == no_type && focus.value.text_of("resourceType") == node.name &&
        !node.name.empty())
      return out.push_back(focus);
    const auto before = out.size();
    children(definitions, focus, node.name, out);
    count(out.size() - before);
    return;
  }
  Scratch parents(*this);
  run(node.left, focus, parents.items);
  const auto before = out.size();
  for (const auto& parent : parents.items) {
    children(definitions, parent, node.name, out);
    if (!count(out.size() - before)) return;
  }
}

void Evaluator::run_call(const Node& node, const Item& focus, Items& out) {
  // Bounded by the nesting of the text, but for functions that ask again.
  if (++depth_ > 4 * Expression::depth_max)
    return fail(node, Error::Kind::too_costly, "Functions call one another too deeply.");
  Scratch input(*this);
  run(node.left, focus, input.items);
  Call call{*this, node, focus, input.items};
  if (count(input.items.size())) node.function->run(call, out);
  --depth_;
}

void Evaluator::run_variable(const Node& node, Items& out) {
  for (auto each = defined_.rbegin(); each != defined_.rend(); ++each) {
    if (each->name == node.name) {
      out.insert(out.end(), each->value.begin(), each->value.end());
      return;
    }
  }
  for (const auto& each : environment.variables) {
    if (each.name == node.name) {
      out.insert(out.end(), each.value.begin(), each.value.end());
      return;
    }
  }
  fail(node, Error::Kind::invalid, fmt::format("There is no variable %{} here.", node.name));
}

void Evaluator::run_operator(const Node& node, const Item& focus, Items& out) {
  if (node.op == Op::and_ || node.op == Op::or_ || node.op == Op::xor_ || node.op == Op::implies)
    return run_logic(node, focus, out);
  Scratch left(*this), right(*this);
  run_apart(node.left, focus, left.items);
  if (failed) return;
  if (node.op == Op::is || node.op == Op::as) return run_type(node, left.items, out);
  if (node.op == Op::negate || node.op == Op::plus)
    return run_negation(*this, node, left.items, out);
  run_apart(node.right, focus, right.items);
  if (!count(left.items.size() + right.items.size())) return;
  switch (node.op) {
    case Op::at:
      return run_at(node, left.items, right.items, out);
    case Op::union_:
      return run_union(left.items, right.items, out);
    case Op::concatenate:
      return run_concatenate(node, left.items, right.items, out);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::divide_whole:
    case Op::modulo:
      if (left.items.empty() || right.items.empty()) return;
      if (left.items.size() > 1 || right.items.size() > 1)
        return fail(node, Error::Kind::invalid,
                    "One value should stand on each side, not several.");
      return run_arithmetic(*this, node, left.items.front(), right.items.front(), out);
    default:
      run_comparison(node, left.items, right.items, out);
  }
}

void Evaluator::run_type(const Node& node, const Items& left, Items& out) {
  const TypeName type{node.type, node.system};
  if (left.size() > 1 && (node.op == Op::is || !as_takes_many()))
    return fail(node, Error::Kind::invalid,
                "One value should stand here, not several; ofType() takes several.");
  for (const auto& item : left) {
    if (node.op == Op::is) out.push_back(boolean(is_type(definitions, item, type)));
    if (node.op == Op::as && can_be(definitions, item, type)) out.push_back(item);
  }
}

void Evaluator::run_at(const Node& node, const Items& left, const Items& right, Items& out) {
  if (right.empty()) return;
  const auto number = right.size() == 1 ? number_of(right.front()) : std::nullopt;
  const auto place = number ? number->integer() : std::nullopt;
  if (!place) return fail(node, Error::Kind::invalid, "An index should be one whole number.");
  if (*place >= 0 && static_cast<size_t>(*place) < left.size())
    out.push_back(left[static_cast<size_t>(*place)]);
}

void Evaluator::run_union(const Items& left, const Items& right, Items& out) {
  Distinct seen(definitions);
  for (const auto* side : {&left, &right}) {
    for (const auto& item : *side) {
      if (seen.add(item)) out.push_back(item);
      if (!count(seen.compared())) return;
    }
  }
}

void Evaluator::run_concatenate(const Node& node, const Items& left, const Items& right,
                                Items& out) {
  std::string joined;
  for (const auto* side : {&left, &right}) {
    if (side->size() > 1)
      return fail(node, Error::Kind::invalid, "& takes one value on each side.");
    if (!side->empty()) joined += side->front().value.text();
  }
  out.push_back(text(joined));
}

Result<Expression> Expression::compile(const Definitions& definitions, std::string_view text,
                                       const Options& options) {
  Expression expression;
  expression.definitions_ = &definitions;
  expression.tree_ = TRY(parse(definitions, text, options));
  expression.top_ = expression.tree_->top;
  if (options.is_strict) TRY(check(definitions, *expression.tree_, options.context));
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
  Environment environment;
  environment.resource = resource;
  return evaluate(focus, environment, arena);
}

Result<Items> Expression::evaluate(const Item& focus, const Environment& environment,
                                   json::Arena& arena) const {
  Evaluator evaluator(*definitions_, *tree_, start_, focus, environment, arena);
  auto items = evaluator.run(top_, focus);
  if (evaluator.failed) return *std::move(evaluator.failed);
  return items;
}

Result<bool> Expression::holds(const Item& focus, const Environment& environment,
                               json::Arena& arena) const {
  Evaluator evaluator(*definitions_, *tree_, start_, focus, environment, arena);
  const auto items = evaluator.run(top_, focus);
  const auto truth = evaluator.truth(items, tree_->nodes[top_]);
  if (evaluator.failed) return *std::move(evaluator.failed);
  return truth == true;
}

}  // namespace tasuki::fhir::path
