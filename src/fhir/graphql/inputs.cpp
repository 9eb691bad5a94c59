#include "fhir/graphql/inputs.h"

#include <fmt/core.h>

#include <charconv>

#include "base/utf8.h"

namespace tasuki::fhir::graphql {
namespace {

void join(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

std::optional<std::string> json_text(const json::Value& value) {
  if (value.is_null() || value.is_object()) return std::nullopt;
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  if (!value.is_array()) return std::string(value.text());
  std::string list;
  for (const json::Value& item : value.items())
    if (const auto text = json_text(item)) join(list, *text);
  return list;
}

}  // namespace

Result<Inputs> Inputs::of(const Operation& operation, const json::Value* given) {
  Inputs inputs;
  for (const Variable& variable : operation.variables) {
    const json::Value* value = given == nullptr ? nullptr : given->find(variable.name);
    std::optional<std::string> text;
    if (value != nullptr) {
      text = json_text(*value);
    } else if (variable.otherwise) {
      text = inputs.text(*variable.otherwise);
    }
    if (!text && variable.is_required)
      return Error{Error::Kind::invalid,
                   fmt::format("The variable ${} needs a value.", utf8::head(variable.name, 64)),
                   "variables"};
    inputs.variables_.insert_or_assign(variable.name, std::move(text));
  }
  return inputs;
}

std::optional<std::string> Inputs::text(const Value& value) const {
  switch (value.kind) {
    case Value::Kind::null:
    case Value::Kind::object:
      return std::nullopt;
    case Value::Kind::variable: {
      const auto found = variables_.find(value.text);
      return found == variables_.end() ? std::nullopt : found->second;
    }
    case Value::Kind::list: {
      std::string list;
      for (const Value& item : value.items)
        if (const auto each = text(item)) join(list, *each);
      return list;
    }
    default:
      return value.text;
  }
}

Result<size_t> Inputs::number(const Argument& argument) const {
  const std::string given = text(argument.value).value_or("");
  size_t number = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (failure == std::errc() && end == given.data() + given.size()) return number;
  return Error{Error::Kind::invalid, fmt::format("{} is a whole number.", argument.name),
               text_of(argument.place)};
}

Result<bool> Inputs::wants(const Selection& selection) const {
  for (const Directive& directive : selection.directives) {
    if (directive.name != "include" && directive.name != "skip") continue;
    const auto said = text(directive.arguments.front().value);
    if (said != "true" && said != "false")
      return Error{Error::Kind::invalid,
                   fmt::format("@{}(if:) takes true or false.", directive.name),
                   text_of(directive.place)};
    if ((said == "true") != (directive.name == "include")) return false;
  }
  return true;
}

}  // namespace tasuki::fhir::graphql
