// Structural validation of one resource against base R4: names, types, cardinality, primitive
// formats, choice types, required bindings, the shape of references. FHIR R4 validation.html,
// "Structure", "Cardinality", "Value Domains", "Coding/CodeableConcept bindings".
#pragma once

#include <string>
#include <vector>

#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::fhir {

struct Finding {
  enum class Severity : uint8_t { error, warning, information };
  Severity severity = Severity::error;
  std::string
      code;  // issue type: "structure", "required", "value", "code-invalid" (valueset-issue-type)
  std::string location;    // FHIRPath: "Patient.name[0].given[1]"
  std::string message;     // English: what, and what would be right
  std::string message_ja;  // the same, Japanese
};

// Sorted by place in the document; empty = valid. Unknown names say the nearest known one. At most
// 100.
std::vector<Finding> validate(const Definitions& definitions, const json::Value& resource);

}  // namespace tasuki::fhir
