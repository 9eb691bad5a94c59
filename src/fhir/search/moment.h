// FHIR dates as ranges of time. FHIR R4 search.html#date: "2013-01" is all of January.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "fhir/search/value.h"

namespace tasuki::fhir::search {

// "2013", "2013-01", "2013-01-14", "2013-01-14T10:00", "2013-01-14T10:00:00.123Z"; without a zone
// it is in `zone`, Japan's unless the settings say another (Definitions::zone). A blank before the
// offset is a "+" that a form encoding ate. Nothing for an impossible date.
std::optional<Moment> parse_moment(std::string_view text, std::chrono::minutes zone = japan_offset);

}  // namespace tasuki::fhir::search
