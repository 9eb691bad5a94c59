#include "fhir/graphql/output.h"

#include <fmt/core.h>

#include "base/utf8.h"

namespace tasuki::fhir::graphql {

Result<void> Output::begin_list(json::Value& target, std::string_view name) {
  if (target.find(name) == nullptr) target.set(arena_, name, json::Value::array());
  return {};
}

Result<void> Output::put(json::Value& target, std::string_view name, json::Value value, bool listed,
                         Place place) {
  if (listed) TRY(begin_list(target, name));
  json::Value* standing = target.find(name);
  if (!listed && standing != nullptr)
    return Error{Error::Kind::invalid,
                 fmt::format("\"{}\" has more than one value.", utf8::head(name, 64)),
                 text_of(place)};
  if (!listed) {
    target.set(arena_, name, value);
    return {};
  }
  const bool alike = standing->is_array() && (standing->items().empty() ||
                                              standing->items().front().kind() == value.kind());
  if (!alike)
    return Error{Error::Kind::invalid,
                 fmt::format("Values of different types would stand together in \"{}\".",
                             utf8::head(name, 64)),
                 text_of(place)};
  standing->push(arena_, value);
  return {};
}

}  // namespace tasuki::fhir::graphql
