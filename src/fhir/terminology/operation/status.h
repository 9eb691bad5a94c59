// What a value set stands on and in which state that is: "deprecated", "withdrawn", "draft" ... HL7
// extension structuredefinition-standards-status; FHIR R4 publication-status.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/terminology/composed.h"

namespace tasuki::fhir::terminology {

struct Standing {
  std::string_view word;  // "deprecated"
  std::string_view type;  // "CodeSystem"
  std::string canonical;
};

// Of the system (may be nullptr) and of the value set (may be nullptr) with all it imports.
std::vector<Standing> standings_of(const Composed* set, const CodeSystem* system);

// "deprecated" or "withdrawn" by the extension on a resource or a part of it; else empty.
std::string_view standards_status(const json::Value& element);

// A concept of a compose that is going away: valueset-deprecated, or standards-status deprecated.
bool is_marked_deprecated(const json::Value& listed);

}  // namespace tasuki::fhir::terminology
