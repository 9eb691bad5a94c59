// "_filter=given eq \"peter\" and birthdate ge 2014-10-10". FHIR R4 search_filter.html
#pragma once

#include <span>
#include <string_view>

#include "fhir/search/criterion.h"

namespace tasuki::fhir::search {

// "and" and "or" are read from left to right, neither before the other; parentheses say otherwise.
Result<Filter> parse_filter(CriterionParser& criteria, std::span<const TypeId> types,
                            std::string_view text);

}  // namespace tasuki::fhir::search
