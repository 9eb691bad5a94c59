// One value of a search request, read as its parameter's type. FHIR R4
// search.html, 3.1.1.4.4-3.1.1.4.15.
#pragma once

#include <string_view>

#include "fhir/search/query.h"

namespace tasuki::fhir::search {

// text: after percent-decoding, backslashes still in it, already split at commas. `type`: of the
// modifier :[type].
Result<Operand> parse_operand(const Definitions& definitions, const SearchParameter& parameter,
                              Modifier modifier, TypeId type, std::string_view text);

}  // namespace tasuki::fhir::search
