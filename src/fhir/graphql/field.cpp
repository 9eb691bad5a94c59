#include "fhir/graphql/field.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/utf8.h"
#include "fhir/path/item.h"

namespace tasuki::fhir::graphql {
namespace {

constexpr std::string_view connection_parts[] = {"count",    "offset", "pagesize", "first",
                                                 "previous", "next",   "last",     "edges"};
constexpr std::string_view edge_parts[] = {"mode", "score", "resource"};

Error unknown(const Selection& selection, std::string_view where,
              std::span<const std::string_view> known) {
  return {Error::Kind::invalid,
          fmt::format("{} has no field \"{}\"; the nearest is \"{}\".", where,
                      utf8::head(selection.name, 64), nearest(selection.name, known)),
          text_of(selection.place)};
}

// "PatientList" to Patient, of an ending.
TypeId type_before(const Definitions& definitions, std::string_view name, std::string_view ending) {
  if (!name.ends_with(ending)) return no_type;
  name.remove_suffix(ending.size());
  return definitions.resource_type(name).value_or(no_type);
}

std::optional<Field> searched(const Definitions& definitions, std::string_view name) {
  if (const auto type = type_before(definitions, name, "List"); type != no_type)
    return Field{Field::Kind::list, type, nullptr};
  if (const auto type = type_before(definitions, name, "Connection"); type != no_type)
    return Field{Field::Kind::connection, type, nullptr};
  return std::nullopt;
}

Result<Field> of_root(const Definitions& definitions, const Selection& selection) {
  if (const auto type = definitions.resource_type(selection.name))
    return Field{Field::Kind::read, *type, nullptr};
  if (const auto found = searched(definitions, selection.name)) return *found;
  std::vector<std::string_view> names;
  for (const TypeId type : definitions.resource_types())
    names.push_back(definitions.name(type));
  return unknown(selection, "A query of the system", names);
}

Result<Field> of_type(const Definitions& definitions, TypeId type, const Selection& selection) {
  const std::string& name = selection.name;
  if (name == "resourceType" && is_resource(definitions, type))
    return Field{Field::Kind::resource_type, no_type, nullptr};
  if (const Element* element = definitions.element(type, name))
    return Field{Field::Kind::element, element->type, element};
  if (name.starts_with('_') && name.size() > 1) {
    const Element* element = definitions.element(type, std::string_view(name).substr(1));
    if (element != nullptr && definitions.category(element->type) == Category::primitive)
      return Field{Field::Kind::sibling, *definitions.type("Element"), element};
  }
  if (name == "resource" && definitions.name(type) == "Reference")
    return Field{Field::Kind::reference, *definitions.type("Resource"), nullptr};
  if (is_resource(definitions, type))
    if (const auto found = searched(definitions, name)) return *found;
  std::vector<std::string_view> names;
  for (const Element& element : definitions.elements(type))
    names.push_back(element.name);
  Error error = unknown(selection, definitions.name(type), names);
  if (definitions.name(type) == "Resource") error.message += " Say which: ... on Patient { }.";
  return error;
}

Result<Field> of_parts(const Scope& scope, const Selection& selection) {
  const bool edge = scope.kind == Scope::Kind::edge;
  const std::span<const std::string_view> known =
      edge ? std::span<const std::string_view>(edge_parts) : connection_parts;
  if (std::ranges::find(known, selection.name) == known.end())
    return unknown(selection, edge ? "An edge" : "A connection", known);
  if (selection.name == "edges") return Field{Field::Kind::edges, scope.type, nullptr};
  if (selection.name == "resource") return Field{Field::Kind::edge_resource, scope.type, nullptr};
  return Field{Field::Kind::part, no_type, nullptr};
}

}  // namespace

bool Field::is_object(const Definitions& definitions) const {
  if (kind == Kind::element) return definitions.category(type) != Category::primitive;
  return kind != Kind::type_name && kind != Kind::resource_type && kind != Kind::part;
}

bool Field::is_list() const {
  if (kind == Kind::element || kind == Kind::sibling) return element->is_array;
  return kind == Kind::list || kind == Kind::edges;
}

Scope Field::scope() const {
  if (kind == Kind::connection) return {Scope::Kind::connection, type};
  if (kind == Kind::edges) return {Scope::Kind::edge, type};
  return {Scope::Kind::typed, type};
}

bool is_resource(const Definitions& definitions, TypeId type) {
  return definitions.category(type) == Category::resource;
}

bool applies(const Definitions& definitions, std::string_view on, TypeId actual) {
  if (on.empty()) return true;
  if (actual == no_type) return on == "Query";
  const auto type = definitions.type(on);
  return type && path::is_a(definitions, actual, *type);
}

Result<Field> field_of(const Definitions& definitions, const Scope& scope,
                       const Selection& selection) {
  if (selection.name == "__typename") return Field{Field::Kind::type_name, no_type, nullptr};
  if (selection.name.starts_with("__"))
    return Error{Error::Kind::unsupported,
                 fmt::format("{} is not served: the schema is FHIR R4's, GET [base]/metadata tells "
                             "what is answered.",
                             utf8::head(selection.name, 32)),
                 text_of(selection.place)};
  switch (scope.kind) {
    case Scope::Kind::root:
      return of_root(definitions, selection);
    case Scope::Kind::typed:
      return of_type(definitions, scope.type, selection);
    case Scope::Kind::connection:
    case Scope::Kind::edge:
      return of_parts(scope, selection);
  }
  return Error{Error::Kind::internal, "A scope without a kind.", {}};
}

}  // namespace tasuki::fhir::graphql
