// Code systems that are a grammar rather than a list: units of measure, language tags, media types.
// Infinitely many codes, each judged on its own.
//
// UCUM 2.2; BCP 47 (RFC 5646 2.1); BCP 13 (RFC 6838 4.2). FHIR R4 terminologies-systems.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::fhir::terminology {

struct Grammar {
  std::string_view url, name, version;
  // A value set that shows its usual codes, for lists; empty: none.
  std::string_view common;
  // Is it one of its codes? The error says where it is not.
  Result<void> (*parse)(std::string_view code);
  std::string (*display)(std::string_view code);
  // A filter over it; nothing: it has no such filter.
  std::optional<bool> (*satisfies)(std::string_view code, std::string_view property,
                                   std::string_view operation, std::string_view value);
  std::vector<std::string_view> (*atoms)();  // what is usual beside `common`
};

const Grammar* grammar_of(std::string_view url);  // nullptr: it is a list

}  // namespace tasuki::fhir::terminology
