// A value set's content as a list: for $expand, for search, for choices on a screen.
#pragma once

#include "fhir/terminology/composed.h"

namespace tasuki::fhir::terminology {

// Flat, in the order of the compose and of the systems; each (system, code) once. too_costly beyond
// count_max; not_found or invalid where the compose has a problem.
Result<std::vector<Member>> members_of(const Composed& set, size_t count_max);

}  // namespace tasuki::fhir::terminology
