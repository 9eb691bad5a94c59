// FHIR's own definitions, as JSON, to the image that model/definitions.h maps. Law 8: done at build
// time (or when a package is installed), never at start.
//
// Kept: the structure definitions of R4 4.0.1, the value sets that can be enumerated from the code
// systems at hand, the official search parameters, the patient compartment. Left out, because R4
// does not have them: structure definitions without a kind and search parameters whose address is
// not HL7's.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tasuki::fhir {

// The folder holds profiles-types.json, profiles-resources.json, valuesets.json,
// v3-codesystems.json, v2-tables.json, search-parameters.json and
// compartmentdefinition-patient.json.
Result<std::string> compile_definitions(const std::filesystem::path& folder);

}  // namespace tasuki::fhir
