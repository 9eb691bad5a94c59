#include "fhir/graphql/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/utf8.h"
#include "fhir/path/expression.h"

namespace tasuki::fhir::graphql {
namespace {

Error wrong(Place place, std::string message) {
  return {Error::Kind::invalid, std::move(message), text_of(place)};
}

std::string_view shown(const std::string& name) {
  return utf8::head(name, 64);
}

class Checker {
 public:
  Checker(const Definitions& definitions, const Document& document, const Operation& operation)
      : definitions_(definitions), document_(document), operation_(operation) {}

  Result<void> selections(const std::vector<Selection>& list, const Scope& scope) {
    for (const Selection& selection : list) {
      TRY(directives(selection));
      if (selection.kind == Selection::Kind::field) {
        TRY(field(selection, scope));
      } else if (selection.kind == Selection::Kind::spread) {
        TRY(spread(selection, scope));
      } else {
        const Scope inside = TRY(narrowed(selection.on, scope, selection.place));
        TRY(selections(selection.selections, inside));
      }
    }
    return {};
  }

 private:
  // ---- fragments

  Result<Scope> narrowed(const std::string& on, const Scope& scope, Place place) const {
    if (on.empty() || (on == "Query" && scope.kind == Scope::Kind::root)) return scope;
    const auto type = definitions_.type(on);
    if (!type || scope.kind != Scope::Kind::typed)
      return wrong(place, fmt::format("No value here can be a \"{}\".", shown(on)));
    return Scope{Scope::Kind::typed, *type};
  }

  Result<void> spread(const Selection& selection, const Scope& scope) {
    const Fragment* fragment = document_.fragment(selection.name);
    if (fragment == nullptr)
      return wrong(selection.place,
                   fmt::format("There is no fragment \"{}\".", shown(selection.name)));
    if (std::ranges::find(open_, fragment) != open_.end())
      return wrong(selection.place,
                   fmt::format("The fragment \"{}\" leads back to itself.", shown(fragment->name)));
    const Scope inside = TRY(narrowed(fragment->on, scope, fragment->place));
    // Once for each kind of place it is spread at: many spreads of one cost nothing.
    if (!checked_.emplace(fragment, inside.kind, inside.type).second) return {};
    open_.push_back(fragment);
    TRY(selections(fragment->selections, inside));
    open_.pop_back();
    return {};
  }

  // ---- fields

  Result<void> field(const Selection& selection, const Scope& scope) {
    const Field field = TRY(field_of(definitions_, scope, selection));
    TRY(arguments(selection, field, scope));
    if (!field.is_object(definitions_)) {
      if (!selection.selections.empty() || selection.directive("flatten") != nullptr)
        return wrong(selection.place,
                     fmt::format("\"{}\" is one value and has no fields.", shown(selection.name)));
      return {};
    }
    if (selection.selections.empty())
      return wrong(selection.place, fmt::format("Say which fields of \"{0}\": {0} {{ ... }}.",
                                                shown(selection.name)));
    Scope inside = field.scope();
    if (const Argument* type = selection.argument("type");
        type != nullptr && field.kind == Field::Kind::reference)
      inside = TRY(narrowed(type->value.text, inside, type->place));
    return selections(selection.selections, inside);
  }

  Result<void> arguments(const Selection& selection, const Field& field, const Scope& scope) {
    std::set<std::string_view> seen;
    for (const Argument& argument : selection.arguments) {
      if (!seen.insert(argument.name).second)
        return wrong(argument.place, fmt::format("\"{}\" stands twice.", shown(argument.name)));
      TRY(variables_of(argument.value, argument.place));
      TRY(known(argument, selection, field));
    }
    if (field.kind == Field::Kind::read && !seen.contains("id") && !seen.contains("_id"))
      return wrong(selection.place,
                   fmt::format("{0} needs an id: {0}(id: \"...\"); {0}List(...) searches.",
                               shown(selection.name)));
    const bool searches = field.kind == Field::Kind::list || field.kind == Field::Kind::connection;
    if (searches && scope.kind == Scope::Kind::typed && !seen.contains("_reference"))
      return wrong(selection.place,
                   fmt::format("Inside a resource {} needs _reference: the search parameter by "
                               "which it refers to this one.",
                               shown(selection.name)));
    return {};
  }

  Result<void> known(const Argument& argument, const Selection& selection, const Field& field) {
    const std::string& name = argument.name;
    switch (field.kind) {
      case Field::Kind::list:
      case Field::Kind::connection:
        return {};  // the search says which it knows
      case Field::Kind::read:
        if (name == "id" || name == "_id") return {};
        break;
      case Field::Kind::reference:
        if (name == "type" || name == "optional") return {};
        break;
      case Field::Kind::element:
        if (field.is_list() && filters(argument, field)) return {};
        break;
      default:
        break;
    }
    if (field.kind == Field::Kind::element && field.is_list() && name == "fhirpath")
      return wrong(argument.place, "fhirpath is a FHIRPath expression as a string.");
    return wrong(argument.place, fmt::format("\"{}\" takes no argument \"{}\".",
                                             shown(selection.name), shown(name)));
  }

  bool filters(const Argument& argument, const Field& field) const {
    if (argument.name == "_offset" || argument.name == "_count") return true;
    if (argument.name == "fhirpath") return is_path(argument.value);
    const Element* child = definitions_.element(field.type, argument.name);
    return child != nullptr && definitions_.category(child->type) == Category::primitive;
  }

  // An expression in a variable is looked at when it is used.
  bool is_path(const Value& value) const {
    if (value.kind == Value::Kind::variable) return true;
    return value.kind == Value::Kind::string &&
           path::Expression::compile(definitions_, value.text).has_value();
  }

  // ---- variables and directives

  Result<void> variables_of(const Value& value, Place place) const {
    if (value.kind == Value::Kind::variable &&
        std::ranges::find(operation_.variables, value.text, &Variable::name) ==
            operation_.variables.end())
      return wrong(
          place, fmt::format("The variable ${} is not declared by the query.", shown(value.text)));
    for (const Value& item : value.items)
      TRY(variables_of(item, place));
    for (const auto& [name, member] : value.members)
      TRY(variables_of(member, place));
    return {};
  }

  Result<void> directives(const Selection& selection) const {
    constexpr std::string_view known[] = {"include", "skip",      "flatten",
                                          "first",   "singleton", "slice"};
    for (const Directive& directive : selection.directives) {
      if (std::ranges::find(known, directive.name) == std::end(known))
        return wrong(directive.place,
                     fmt::format("There is no directive @{}; the nearest is @{}.",
                                 shown(directive.name), nearest(directive.name, known)));
      const bool chooses = directive.name == "include" || directive.name == "skip";
      if (!chooses && selection.kind != Selection::Kind::field)
        return wrong(directive.place, fmt::format("@{} is of a field.", directive.name));
      const bool takes_one = chooses || directive.name == "slice";
      if (directive.arguments.size() != (takes_one ? 1U : 0U))
        return wrong(directive.place, fmt::format("@{} takes {} argument.", directive.name,
                                                  takes_one ? "one" : "no"));
      if (chooses && directive.arguments.front().name != "if")
        return wrong(directive.place,
                     fmt::format("@{0} is written @{0}(if: $variable).", directive.name));
      for (const Argument& argument : directive.arguments)
        TRY(variables_of(argument.value, argument.place));
    }
    return {};
  }

  const Definitions& definitions_;
  const Document& document_;
  const Operation& operation_;
  std::vector<const Fragment*> open_;
  std::set<std::tuple<const Fragment*, Scope::Kind, TypeId>> checked_;
};

}  // namespace

Result<const Operation*> operation_of(const Document& document, std::string_view name) {
  if (name.empty() && document.operations.size() == 1) return &document.operations.front();
  const auto found = std::ranges::find(document.operations, name, &Operation::name);
  if (!name.empty() && found != document.operations.end()) return &*found;
  return Error{Error::Kind::invalid,
               name.empty() ? "There are several queries: operationName says which is meant."
                            : fmt::format("There is no query named \"{}\".", utf8::head(name, 64)),
               "operationName"};
}

Result<void> check(const Definitions& definitions, const Document& document,
                   const Operation& operation, const Scope& root) {
  return Checker(definitions, document, operation).selections(operation.selections, root);
}

}  // namespace tasuki::fhir::graphql
