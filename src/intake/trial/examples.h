// The samples written beside a mapping, run: what must become of each, and what did not.
#pragma once

#include <string>
#include <vector>

#include "fhir/validate/rulebook.h"
#include "intake/convert.h"

namespace tasuki::intake::trial {

struct Problem {
  std::string place;    // "line 12 of lab.map"
  std::string message;  // Japanese / English
};

// One problem a sample that does not become what is written. Files are looked for in the mappings'
// folder. `rulebook`: what is made must also meet its profiles; nullptr: FHIR's structure only.
std::vector<Problem> run_examples(const Mappings& mappings, const Program& program,
                                  const fhir::Rulebook* rulebook = nullptr);

}  // namespace tasuki::intake::trial
