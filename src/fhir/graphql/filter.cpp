#include "fhir/graphql/filter.h"

#include <fmt/core.h>

#include <algorithm>

namespace tasuki::fhir::graphql {
namespace {

constexpr std::string_view index_word = "$index";

// An item is evaluated by itself, so its place in the list is put in by hand.
std::string with_index(std::string text, size_t index) {
  const std::string number = std::to_string(index);
  for (size_t at = text.find(index_word); at != std::string::npos; at = text.find(index_word))
    text.replace(at, index_word.size(), number);
  return text;
}

std::string_view word_of(const json::Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  return value.text();
}

bool is_equal(const json::Value* child, std::string_view wanted) {
  if (child == nullptr) return false;
  if (!child->is_array()) return word_of(*child) == wanted;
  return std::ranges::any_of(child->items(),
                             [&](const json::Value& each) { return word_of(each) == wanted; });
}

}  // namespace

Result<Filter::Evaluated> Filter::evaluated(const std::string& expression, Place place,
                                            const path::Item& item, size_t index,
                                            const json::Value& resource) {
  auto compiled = path::Expression::compile(definitions_, with_index(expression, index));
  if (!compiled) return Error{compiled.error().kind, compiled.error().message, text_of(place)};
  auto items = TRY(compiled->evaluate(item, path::root(definitions_, resource), arena_));
  return Evaluated{*std::move(compiled), std::move(items)};
}

Result<bool> Filter::holds(const Argument& argument, const path::Item& item, size_t index,
                           const json::Value& resource) {
  const std::string wanted = inputs_.text(argument.value).value_or("");
  if (argument.name != "fhirpath") return is_equal(item.value.find(argument.name), wanted);
  const auto [expression, items] = TRY(evaluated(wanted, argument.place, item, index, resource));
  return items.size() == 1 && items.front().value.is_boolean() && items.front().value.boolean();
}

Result<path::Items> Filter::chosen(const Selection& selection, path::Items items,
                                   const json::Value& resource) {
  size_t offset = 0, count = items.size();
  for (const Argument& argument : selection.arguments) {
    if (argument.name == "_offset") {
      offset = TRY(inputs_.number(argument));
    } else if (argument.name == "_count") {
      count = TRY(inputs_.number(argument));
    } else {
      path::Items kept;
      for (size_t i = 0; i < items.size(); ++i)
        if (TRY(holds(argument, items[i], i, resource))) kept.push_back(items[i]);
      items = std::move(kept);
    }
  }
  if (selection.directive("first") != nullptr) count = std::min<size_t>(count, 1);
  const size_t from = std::min(offset, items.size());
  const size_t to = from + std::min(count, items.size() - from);
  return path::Items(items.begin() + static_cast<ptrdiff_t>(from),
                     items.begin() + static_cast<ptrdiff_t>(to));
}

Result<std::string> Filter::suffix(const Selection& selection, const path::Item& item, size_t index,
                                   const json::Value& resource) {
  const Directive* slice = selection.directive("slice");
  if (slice == nullptr) return std::string();
  const Argument& argument = slice->arguments.front();
  const std::string wanted = inputs_.text(argument.value).value_or("");
  if (wanted == index_word) return fmt::format(".{}", index);
  const auto [expression, items] = TRY(evaluated(wanted, slice->place, item, index, resource));
  if (items.size() > 1)
    return Error{Error::Kind::invalid, "@slice needs one value for each element.",
                 text_of(slice->place)};
  return items.empty() ? std::string() : "." + path::text_of(definitions_, items.front());
}

}  // namespace tasuki::fhir::graphql
