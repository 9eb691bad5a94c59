// :in, :not-in, :above and :below on tokens, as the codes they stand for: what a terminology knows
// is asked once, before the question is planned. FHIR R4 search.html#token
#pragma once

#include "fhir/model/definitions.h"
#include "fhir/search/query.h"
#include "fhir/terminology/terminology.h"

namespace tasuki::record {

constexpr size_t codes_max = 5000;  // that one value set or hierarchy may stand for

// Has the question such a condition anywhere?
bool stands_for_codes(const fhir::search::Query& query);

// Unsupported, by name: a value set or a hierarchy that is not at hand as a whole.
Result<void> expand(const fhir::Definitions& definitions,
                    const fhir::terminology::Terminology* terminology, fhir::search::Query& query);

}  // namespace tasuki::record
