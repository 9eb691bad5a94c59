#include "fhir/graphql/errors.h"

#include <fmt/core.h>

#include "fhir/graphql/execute.h"
#include "json/print.h"

namespace tasuki::fhir::graphql {
namespace {

std::string_view issue_code(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::not_found:
    case Error::Kind::gone:
      return "not-found";
    case Error::Kind::forbidden:
      return "forbidden";
    case Error::Kind::too_costly:
      return "too-costly";
    case Error::Kind::unsupported:
      return "not-supported";
    case Error::Kind::invalid:
      return "invalid";
    default:
      return "processing";
  }
}

std::string extensions_of(const Error& error) {
  std::string out = fmt::format(
      R"("extensions":{{"resource":{{"resourceType":"OperationOutcome","issue":[{{"severity":"error",)"
      R"("code":"{}","diagnostics":)",
      issue_code(error.kind));
  json::print_string(error.message, out);
  return out + "}]}}";
}

}  // namespace

bool Errors::add(const Error& error, Place place) {
  if (++count_ > errors_max) return false;
  if (!text_.empty()) text_ += ',';
  text_ += R"({"message":)";
  json::print_string(error.message, text_);
  text_ +=
      fmt::format(R"(,"locations":[{{"line":{},"column":{}}}],"path":[)", place.line, place.column);
  for (size_t i = 0; i < path_.size(); ++i) {
    if (i > 0) text_ += ',';
    if (const auto* index = std::get_if<size_t>(&path_[i])) {
      text_ += std::to_string(*index);
    } else {
      json::print_string(std::get<std::string>(path_[i]), text_);
    }
  }
  text_ += "]," + extensions_of(error) + '}';
  return true;
}

std::string refusal(const Error& error) {
  std::string out = R"({"errors":[{"message":)";
  json::print_string(error.location.empty() ? error.message
                                            : fmt::format("{} ({})", error.message, error.location),
                     out);
  size_t line = 0, column = 0;
  if (std::sscanf(error.location.c_str(), "line %zu, column %zu", &line, &column) == 2)
    out += fmt::format(R"(,"locations":[{{"line":{},"column":{}}}])", line, column);
  return out + "," + extensions_of(error) + "}]}";
}

}  // namespace tasuki::fhir::graphql
