// Existence, filtering, subsetting, aggregates and sorting. FHIRPath N1 5.1, 5.2, 5.3, 7; trial
// use: sort, coalesce, repeatAll.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"

namespace tasuki::fhir::path {
namespace {

// Calls use(item) with $index set; stops when it says so or something failed.
template <class Use>
void each(Call& call, Use use) {
  const auto outer = call.evaluator.index;
  size_t index = 0;
  for (const auto& item : call.input) {
    call.evaluator.index = index++;
    if (!use(item) || call.evaluator.failed) break;
  }
  call.evaluator.index = outer;
}

// What the first argument says of an item; nothing for empty.
std::optional<bool> criterion(Call& call, const Item& item) {
  Scratch answer(call.evaluator);
  call.argument(0, item, answer.items);
  return call.evaluator.truth(answer.items, call.node);
}

void where(Call& call, Items& out) {
  each(call, [&](const Item& item) {
    if (criterion(call, item) == true) out.push_back(item);
    return true;
  });
}

void exists(Call& call, Items& out) {
  bool any = !call.input.empty();
  if (any && call.has(0)) {
    any = false;
    each(call, [&](const Item& item) { return !(any = criterion(call, item) == true); });
  }
  out.push_back(call.evaluator.boolean(any));
}

void empty(Call& call, Items& out) {
  out.push_back(call.evaluator.boolean(call.input.empty()));
}

void all(Call& call, Items& out) {
  bool holds = true;
  each(call, [&](const Item& item) { return holds = criterion(call, item) == true; });
  out.push_back(call.evaluator.boolean(holds));
}

template <bool wanted, bool is_all>
void truths(Call& call, Items& out) {
  size_t found = 0;
  for (const auto& item : call.input) {
    if (!item.value.is_boolean())
      return call.fail(
          fmt::format("{}() was asked of something that is no boolean.", call.node.name));
    found += item.value.boolean() == wanted ? 1u : 0u;
  }
  out.push_back(call.evaluator.boolean(is_all ? found == call.input.size() : found > 0));
}

void not_(Call& call, Items& out) {
  if (const auto truth = call.evaluator.truth(call.input, call.node))
    out.push_back(call.evaluator.boolean(!*truth));
}

void count(Call& call, Items& out) {
  out.push_back(call.evaluator.integer(static_cast<int64_t>(call.input.size())));
}

void select(Call& call, Items& out) {
  each(call, [&](const Item& item) {
    call.argument(0, item, out);
    return call.evaluator.count(out.size() > 0 ? 1 : 0);
  });
}

// Again on what was found, until nothing new is: each item once. Objects of the document are new
// by their place, for two questions may read alike; values by what they are.
void repeat(Call& call, Items& out) {
  Distinct seen(call.evaluator.definitions);
  std::unordered_set<const void*> places;
  Items front = call.input, next;
  while (!front.empty() && !call.evaluator.failed) {
    next.clear();
    for (const auto& item : front) {
      Scratch found(call.evaluator);
      call.argument(0, item, found.items);
      for (const auto& each : found.items) {
        const auto members = each.value.members();
        const bool is_new = members.empty() || each.system != System::none
                                ? seen.add(each)
                                : places.insert(members.data()).second;
        if (is_new) next.push_back(each);
      }
      if (!call.evaluator.count(found.items.size() + seen.compared())) return;
    }
    out.insert(out.end(), next.begin(), next.end());
    std::swap(front, next);
  }
}

// The same with doubles. Bounded by what may be looked at.
void repeat_all(Call& call, Items& out) {
  Items front = call.input, next;
  while (!front.empty() && !call.evaluator.failed) {
    next.clear();
    for (const auto& item : front) {
      call.argument(0, item, next);
      if (!call.evaluator.count(next.size())) return;
    }
    out.insert(out.end(), next.begin(), next.end());
    std::swap(front, next);
  }
}

void first(Call& call, Items& out) {
  if (!call.input.empty()) out.push_back(call.input.front());
}
void last(Call& call, Items& out) {
  if (!call.input.empty()) out.push_back(call.input.back());
}
void tail(Call& call, Items& out) {
  if (!call.input.empty()) out.insert(out.end(), call.input.begin() + 1, call.input.end());
}
void single(Call& call, Items& out) {
  if (call.input.size() > 1) return call.fail("single() was asked of several values.");
  first(call, out);
}

template <bool is_from_start>
void cut(Call& call, Items& out) {
  const auto number = call.integer_argument(0);
  if (!number) return;
  const auto place = std::clamp<int64_t>(*number, 0, static_cast<int64_t>(call.input.size()));
  const auto middle = call.input.begin() + place;
  out.insert(out.end(), is_from_start ? call.input.begin() : middle,
             is_from_start ? middle : call.input.end());
}

// Only the branch taken is evaluated. FHIRPath N1 5.5.1.
void iif(Call& call, Items& out) {
  if (call.input.size() > 1) return call.fail("iif() was asked of several values.");
  const Item& of = call.input.empty() ? call.focus : call.input.front();
  Scratch answer(call.evaluator);
  call.argument(0, of, answer.items);
  const auto& found = answer.items;
  if (found.size() > 1 || (found.size() == 1 && !found[0].value.is_boolean()))
    return call.fail("The first argument of iif() should be true, false or empty.");
  if (!found.empty() && found[0].value.boolean()) return call.argument(1, of, out);
  if (call.has(2)) call.argument(2, of, out);
}

void coalesce(Call& call, Items& out) {
  for (size_t i = 0; i < call.node.arguments.size() && out.empty(); ++i)
    call.argument(i, out);
}

// FHIRPath N1 7: $total is what the call before gave.
void aggregate(Call& call, Items& out) {
  const Items* const outer = call.evaluator.total;
  Items total;
  if (call.has(1)) call.argument(1, total);
  each(call, [&](const Item& item) {
    Items next;
    call.evaluator.total = &total;
    call.argument(0, item, next);
    total = std::move(next);
    return call.evaluator.count(total.size());
  });
  call.evaluator.total = outer;
  out.insert(out.end(), total.begin(), total.end());
}

struct Keyed {
  Item item;
  std::vector<Items> keys;
};

// Empty is the highest. -1, 0, 1; nothing where the two have no order.
std::optional<int> compared(Call& call, const Items& left, const Items& right) {
  if (left.empty() || right.empty())
    return static_cast<int>(left.empty()) - static_cast<int>(right.empty());
  const auto found = order(call.evaluator.definitions, left.front(), right.front());
  if (!found.is_comparable || left.size() > 1 || right.size() > 1) return std::nullopt;
  if (!found.order) return 0;
  return *found.order < 0 ? -1 : *found.order > 0 ? 1 : 0;
}

void sort(Call& call, Items& out) {
  const auto& keys = call.node.arguments;
  std::vector<Keyed> all;
  each(call, [&](const Item& item) {
    Keyed keyed{item, {}};
    for (size_t i = 0; i < keys.size(); ++i)
      call.argument(i, item, keyed.keys.emplace_back());
    if (keys.empty()) keyed.keys.push_back({item});
    all.push_back(std::move(keyed));
    return call.evaluator.count(keys.size());
  });
  bool has_order = true;
  std::ranges::stable_sort(all, [&](const Keyed& a, const Keyed& b) {
    for (size_t i = 0; i < a.keys.size(); ++i) {
      const auto found = compared(call, a.keys[i], b.keys[i]);
      if (!found) return has_order = false;
      if (*found != 0) return call.evaluator.is_descending(call.node, i) ? *found > 0 : *found < 0;
    }
    return false;
  });
  if (!has_order) return call.fail("sort() has a key whose values have no order.");
  for (const auto& each : all)
    out.push_back(each.item);
}

constexpr Function collection_table[] = {
    {"where", 1, 1, where, Takes::each},
    {"exists", 0, 1, exists, Takes::each},
    {"empty", 0, 0, empty},
    {"all", 1, 1, all, Takes::each},
    {"allTrue", 0, 0, truths<true, true>},
    {"anyTrue", 0, 0, truths<true, false>},
    {"allFalse", 0, 0, truths<false, true>},
    {"anyFalse", 0, 0, truths<false, false>},
    {"not", 0, 0, not_},
    {"count", 0, 0, count},
    {"select", 1, 1, select, Takes::each},
    {"repeat", 1, 1, repeat, Takes::each},
    {"repeatAll", 1, 1, repeat_all, Takes::each},
    {"first", 0, 0, first},
    {"last", 0, 0, last},
    {"tail", 0, 0, tail},
    {"single", 0, 0, single},
    {"skip", 1, 1, cut<false>},
    {"take", 1, 1, cut<true>},
    {"iif", 2, 3, iif},
    {"coalesce", 1, 16, coalesce},
    {"aggregate", 1, 2, aggregate, Takes::each},
    {"sort", 0, 8, sort, Takes::each},
};

}  // namespace

std::span<const Function> collection_functions() {
  return collection_table;
}

}  // namespace tasuki::fhir::path
