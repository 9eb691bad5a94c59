// Decimals as the range their written digits stand for. FHIR R4 search.html#number.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/search/value.h"

namespace tasuki::fhir::search {

// "100" = [99.5, 100.5), "100.00" = [99.995, 100.005), "1e2" = [95, 105). Nothing unless a
// JSON-like number.
std::optional<Number> parse_number(std::string_view text);

// A resource's own number: the point.
std::optional<Number> point(std::string_view text);

}  // namespace tasuki::fhir::search
