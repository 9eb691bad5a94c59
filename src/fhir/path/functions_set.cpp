// Collections as sets, and types. FHIRPath N1 5.1.10-14, 5.3.8-9, 5.4, 6.3; trial use: type,
// comparable.
#include "fhir/path/compare.h"
#include "fhir/path/function.h"
#include "fhir/path/type.h"

namespace tasuki::fhir::path {
namespace {

void append_distinct(Call& call, const Items& from, Distinct& seen, Items& out) {
  for (const auto& item : from) {
    if (seen.add(item)) out.push_back(item);
    if (!call.evaluator.count(seen.compared())) return;
  }
}

void distinct(Call& call, Items& out) {
  Distinct seen(call.evaluator.definitions);
  append_distinct(call, call.input, seen, out);
}

void is_distinct(Call& call, Items& out) {
  Distinct seen(call.evaluator.definitions);
  bool holds = true;
  for (size_t i = 0; i < call.input.size() && holds; ++i)
    holds = seen.add(call.input[i]) && call.evaluator.count(seen.compared());
  out.push_back(call.evaluator.boolean(holds));
}

void union_(Call& call, Items& out) {
  Distinct seen(call.evaluator.definitions);
  append_distinct(call, call.input, seen, out);
  Scratch other(call.evaluator);
  call.argument(0, other.items);
  append_distinct(call, other.items, seen, out);
}

void combine(Call& call, Items& out) {
  out.insert(out.end(), call.input.begin(), call.input.end());
  call.argument(0, out);
}

// False when the bound is reached.
bool fill(Call& call, Distinct& set, const Items& items) {
  for (const auto& item : items) {
    set.add(item);
    if (!call.evaluator.count(set.compared())) return false;
  }
  return true;
}

void intersect(Call& call, Items& out) {
  Scratch other(call.evaluator);
  call.argument(0, other.items);
  Distinct set(call.evaluator.definitions), seen(call.evaluator.definitions);
  if (!fill(call, set, other.items)) return;
  for (const auto& item : call.input) {
    if (set.has(item) && seen.add(item)) out.push_back(item);
    if (!call.evaluator.count(set.compared() + seen.compared())) return;
  }
}

void exclude(Call& call, Items& out) {
  Scratch other(call.evaluator);
  call.argument(0, other.items);
  Distinct set(call.evaluator.definitions);
  if (!fill(call, set, other.items)) return;
  for (const auto& item : call.input) {
    if (!set.has(item)) out.push_back(item);
    if (!call.evaluator.count(set.compared())) return;
  }
}

template <bool is_input_inner>
void compare_sets(Call& call, Items& out) {
  Scratch other(call.evaluator);
  call.argument(0, other.items);
  const Items& inner = is_input_inner ? call.input : other.items;
  Distinct set(call.evaluator.definitions);
  if (!fill(call, set, is_input_inner ? other.items : call.input)) return;
  bool holds = true;
  for (const auto& item : inner)
    holds = holds && set.has(item) && call.evaluator.count(set.compared());
  out.push_back(call.evaluator.boolean(holds));
}

void of_type(Call& call, Items& out) {
  for (const auto& item : call.input) {
    if (can_be(call.evaluator.definitions, item, {call.node.type, call.node.system}))
      out.push_back(item);
  }
}

void as(Call& call, Items& out) {
  if (call.input.size() > 1 && !call.evaluator.as_takes_many())
    return call.fail("as() was asked of several values; ofType() takes several.");
  of_type(call, out);
}

void is(Call& call, Items& out) {
  if (call.input.size() > 1) return call.fail("is() was asked of several values.");
  for (const auto& item : call.input)
    out.push_back(call.evaluator.boolean(
        is_type(call.evaluator.definitions, item, {call.node.type, call.node.system})));
}

// SimpleTypeInfo and ClassInfo, as far as they are asked for: namespace and name. FHIRPath N1 10.2.
void type(Call& call, Items& out) {
  for (const auto& item : call.input) {
    const auto& known = call.evaluator.definitions;
    const bool is_system = item.system != System::none && item.element == nullptr;
    if (!is_system && item.type == no_type) continue;
    const auto name = is_system ? name_of(item.system) : known.name(item.type);
    const bool is_inner = !is_system && known.category(item.type) == Category::backbone;
    auto& arena = call.evaluator.arena;
    auto info = json::Value::object();
    info.append(arena, "namespace",
                json::Value::borrowed(json::Kind::string, is_system ? "System" : "FHIR"));
    info.append(arena, "name",
                json::Value::borrowed(json::Kind::string, is_inner ? "BackboneElement" : name));
    out.push_back(untyped(info));
  }
}

void comparable(Call& call, Items& out) {
  (void)call.one();
  Scratch other(call.evaluator);
  call.argument(0, other.items);
  if (call.input.empty() || other.items.size() != 1 || call.evaluator.failed) return;
  const auto& item = call.input[0];
  const auto left = quantity_of(item, call.kind_of(item));
  const auto right = quantity_of(other.items[0], call.kind_of(other.items[0]));
  if (!left && item.value.is_object())
    return call.fail("comparable() was asked of something that is no quantity.");
  out.push_back(call.evaluator.boolean(left && right && path::comparable(*left, *right)));
}

constexpr Function set_table[] = {
    {"distinct", 0, 0, distinct},
    {"isDistinct", 0, 0, is_distinct},
    {"union", 1, 1, union_},
    {"combine", 1, 1, combine},
    {"intersect", 1, 1, intersect},
    {"exclude", 1, 1, exclude},
    {"subsetOf", 1, 1, compare_sets<true>},
    {"supersetOf", 1, 1, compare_sets<false>},
    {"ofType", 1, 1, of_type, Takes::type},
    {"as", 1, 1, as, Takes::type},
    {"is", 1, 1, is, Takes::type},
    {"type", 0, 0, type},
    {"comparable", 1, 1, comparable},
};

}  // namespace

std::span<const Function> set_functions() {
  return set_table;
}

}  // namespace tasuki::fhir::path
