// A StructureDefinition's snapshot or differential to the tree of what it adds. FHIR R4
// profiling.html.
//
// A differential is laid over the tree of its base, which is what generating a snapshot means here:
// what the base profile adds, then what this one adds, slices merged by name. From a snapshot, what
// the base type says already is taken out again.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "fhir/model/profile.h"
#include "json/value.h"

namespace tasuki::fhir {

// The structure of a canonical: another of the package, of those it depends on, or R4's own;
// nullptr: not known.
using FindStructure = std::function<const Structure*(std::string_view canonical)>;

// R4's own types whole (nothing is taken out): what later trees are compared with.
Result<Structure> build_base_type(const Definitions& definitions, const json::Value& definition);

Result<Structure> build_profile(const Definitions& definitions, const json::Value& definition,
                                const FindStructure& find);

inline constexpr std::string_view core_prefix = "http://hl7.org/fhir/StructureDefinition/";

}  // namespace tasuki::fhir
