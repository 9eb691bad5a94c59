// Values compared as profiles compare them. FHIR R4 elementdefinition-definitions.html: fixed[x],
// pattern[x], minValue[x].
#pragma once

#include <string_view>

#include "json/value.h"

namespace tasuki::fhir {

// Everything the pattern has is in the value; what else the value has is its own business.
bool contains_pattern(const json::Value& value, const json::Value& pattern);

// Numbers by size, dates and texts by their characters, quantities of one unit by their value.
// False where the two cannot be compared.
bool is_less(const json::Value& left, const json::Value& right);

// "_birthDate" of an object that has birthDate: id and extensions of a primitive. nullptr: none.
const json::Value* beside_member(const json::Value& object, std::string_view name);

size_t characters_in(std::string_view utf8);

}  // namespace tasuki::fhir
