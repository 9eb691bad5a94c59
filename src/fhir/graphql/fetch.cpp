#include "fhir/graphql/fetch.h"

#include <fmt/core.h>

#include <algorithm>

namespace tasuki::fhir::graphql {
namespace {

std::optional<json::Value> contained(const json::Value& resource, std::string_view id) {
  const json::Value* list = resource.find("contained");
  if (list == nullptr) return std::nullopt;
  for (const json::Value& each : list->items())
    if (each.text_of("id") == id) return each;
  return std::nullopt;
}

// GraphQL's names have no "-": general_practitioner.
std::string parameter_name(std::string name) {
  std::replace(name.begin() + (name.starts_with('_') ? 1 : 0), name.end(), '_', '-');
  return name;
}

}  // namespace

Result<std::optional<json::Value>> Fetch::one(TypeId type, std::string_view id) {
  if (++reads_ > reads_max)
    return Error{Error::Kind::too_costly,
                 fmt::format("The query would read more than {} resources.", reads_max),
                 {}};
  return source_.read(type, id);
}

Result<std::optional<json::Value>> Fetch::resolved(std::string_view reference,
                                                   const json::Value& resource) {
  if (reference.starts_with('#')) return contained(resource, reference.substr(1));
  const std::string local = source_.local(reference);
  const size_t slash = local.find('/');
  if (slash == std::string::npos) return std::optional<json::Value>();
  const auto type = definitions_.resource_type(local.substr(0, slash));
  if (!type) return std::optional<json::Value>();
  return one(*type, std::string_view(local).substr(slash + 1));
}

Result<Source::Found> Fetch::found(const Selection& selection, TypeId type,
                                   const json::Value& resource, bool with_total) {
  if (++searches_ > searches_max)
    return Error{Error::Kind::too_costly,
                 fmt::format("The query would search more than {} times.", searches_max),
                 {}};
  Source::Parameters parameters;
  for (const Argument& argument : selection.arguments) {
    const auto value = inputs_.text(argument.value);
    if (!value) continue;  // null: as if it were not there (GraphQL 6.4.1)
    if (argument.name == "_reference") {
      parameters.emplace_back(
          *value, fmt::format("{}/{}", resource.text_of("resourceType"), resource.text_of("id")));
    } else {
      parameters.emplace_back(parameter_name(argument.name), *value);
    }
  }
  auto result = source_.search(type, parameters, with_total);
  if (!result) return Error{result.error().kind, result.error().message, text_of(selection.place)};
  return result;
}

}  // namespace tasuki::fhir::graphql
