// The query part of a URL as names and values, percent-decoded: for the few parameters that are
// ours and not the search's. RFC 3986 2.1; '+' is a space in forms (and clients write it in queries
// too).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/search/escape.h"

namespace tasuki::server::api {

struct Parameter {
  std::string_view raw;  // "name=value" as it came
  std::string name, value;
};
std::vector<Parameter> parameters_of(std::string_view query);

using fhir::search::percent_decoded;
std::string percent_encoded(std::string_view text);  // everything but unreserved characters

// The query without the parameters of these names.
std::string without(std::string_view query, std::initializer_list<std::string_view> names);

}  // namespace tasuki::server::api
