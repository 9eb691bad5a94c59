// Less than whole resources: _summary and _elements. FHIR R4 search.html#summary, #elements
#pragma once

#include <string>

#include "fhir/search/query.h"

namespace tasuki::server::api {

// Are whole resources asked for?
bool is_whole(const fhir::search::Query& query);

// The body with only what was asked for, what must be there, and the tag SUBSETTED; numbers keep
// their digits. `included`: one that _include brought, which _elements does not concern.
std::string subset(const fhir::Definitions& definitions, const fhir::search::Query& query,
                   std::string body, bool included);

}  // namespace tasuki::server::api
