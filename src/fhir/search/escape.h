// The two wrappings of a search value: percent-encoding around it, backslashes in it. FHIR R4
// search.html#escaping.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::fhir::search {

// "%E5%B1%B1+x" -> "山 x". Refuses a broken %, bytes that are not UTF-8, and zero bytes.
Result<std::string> percent_decoded(std::string_view text);
std::string percent_encoded(
    std::string_view text);  // keeps what a query may hold: : / , $ * and the unreserved

// At every separator without a backslash before it; the pieces keep their backslashes. At least one
// piece.
std::vector<std::string_view> split(std::string_view text, char separator);

// "\," "\|" "\$" "\\" -> the character itself; another backslash is an Error.
Result<std::string> unescaped(std::string_view text);

}  // namespace tasuki::fhir::search
