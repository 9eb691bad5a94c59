#include "fhir/path/function.h"

#include <fmt/core.h>

#include <algorithm>

#include "fhir/path/compare.h"

namespace tasuki::fhir::path {
namespace {

struct Index {
  std::vector<const Function*> by_name;
  std::vector<std::string_view> names;
};

const Index& index() {
  static const Index made = [] {
    Index result;
    for (const auto table :
         {collection_functions(), set_functions(), text_functions(), encoding_functions(),
          number_functions(), date_functions(), conversion_functions(), fhir_functions()}) {
      for (const auto& function : table)
        result.by_name.push_back(&function);
    }
    std::ranges::sort(result.by_name, {}, &Function::name);
    for (const auto* function : result.by_name)
      result.names.push_back(function->name);
    return result;
  }();
  return made;
}

}  // namespace

const Function* function_named(std::string_view name) {
  const auto& all = index().by_name;
  const auto found = std::ranges::lower_bound(all, name, {}, &Function::name);
  return found != all.end() && (*found)->name == name ? *found : nullptr;
}

std::span<const std::string_view> function_names() {
  return index().names;
}

void Call::argument(size_t place, Items& out) const {
  evaluator.run_apart(node.arguments[place], focus, out);
}
void Call::argument(size_t place, const Item& of, Items& out) const {
  evaluator.run_apart(node.arguments[place], of, out);
}

void Call::fail(std::string message, Error::Kind kind) const {
  evaluator.fail(node, kind, std::move(message));
}

const Item* Call::one() const {
  if (input.size() > 1) fail(fmt::format("{}() was asked of several values.", node.name));
  if (input.size() != 1 || input[0].value.is_null()) return nullptr;
  return &input[0];
}

std::optional<std::string_view> Call::text() const {
  const auto* item = one();
  if (item == nullptr) return std::nullopt;
  // Of FHIR's primitives each is written as a text; of System's only a String is one.
  const bool is_text = item->system == System::none || item->system == System::string
                           ? item->value.is_string() || item->value.is_number()
                           : false;
  if (is_text) return item->value.text();
  fail(fmt::format("{}() was asked of something that is no text.", node.name));
  return std::nullopt;
}

std::optional<std::string> Call::text_argument(size_t place) const {
  Scratch items(evaluator);
  argument(place, items.items);
  if (items.items.empty() || items.items[0].value.is_null()) return std::nullopt;
  if (items.items.size() == 1 && items.items[0].value.is_string())
    return std::string(items.items[0].value.text());
  fail(fmt::format("{}() takes one text.", node.name));
  return std::nullopt;
}

std::optional<Decimal> Call::number_argument(size_t place) const {
  Scratch items(evaluator);
  argument(place, items.items);
  if (items.items.empty() || items.items[0].value.is_null()) return std::nullopt;
  const auto number = items.items.size() == 1 ? number_of(items.items[0]) : std::nullopt;
  if (!number) fail(fmt::format("{}() takes one number.", node.name));
  return number;
}

std::optional<int64_t> Call::integer_argument(size_t place) const {
  const auto number = number_argument(place);
  const auto whole = number ? number->integer() : std::nullopt;
  if (number && !whole) fail(fmt::format("{}() takes a whole number.", node.name));
  return whole;
}

}  // namespace tasuki::fhir::path
