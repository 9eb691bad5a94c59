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
  std::string rule{};      // official id: "dom-6"; of a profile's element its id
  std::string profile{};   // the canonical of the profile that asks for it; empty: FHIR itself
  bool is_about_target =
      false;  // a reference to a type that is not listed: what a lenient write lets pass
  unsigned line = 0, column = 0;  // in the text that was read, from 1; 0: not known
};

// The structure alone. Sorted by place in the document; empty = valid. Unknown names say the
// nearest known one. At most 1,000.
std::vector<Finding> validate(const Definitions& definitions, const json::Value& resource);

class Rulebook;

struct Options {
  std::vector<std::string> profiles = {};  // canonicals that the resource must meet besides its own
  std::string package =
      {};  // "jp-core.r4#1.1.2-url": where canonicals without a version are read first
  bool checks_declared = true;  // meta.profile, of the resource and of every resource in it
  Finding::Severity unknown_profile = Finding::Severity::error;
  bool refuses_html = false;  // in texts that are not XHTML: for pages that print them unescaped
};

// Structure, R4's own rules, the declared profiles and the asked ones. The same verdict every time:
// findings are in the order of the document, each said once.
std::vector<Finding> validate(const Rulebook& rulebook, const json::Value& resource,
                              const Options& options = {});

// Says in which line and column of the text each finding's place begins.
void locate(std::string_view text, std::vector<Finding>& findings);

bool is_valid(const std::vector<Finding>& findings);  // no error among them

}  // namespace tasuki::fhir
