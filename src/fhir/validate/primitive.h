// The formats of FHIR's primitive types. FHIR R4 datatypes.html#primitive, json.html#primitive.
//
// Written by hand instead of as the regular expressions printed there: the same languages, and real
// calendar days.
#pragma once

#include <string_view>

#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::fhir {

// Is this what a value of the type looks like in JSON? xhtml only as a string: narrative.h looks
// inside.
bool is_primitive_value(Primitive primitive, const json::Value& value);

// What a value of the type must look like, for the person who wrote another: English and Japanese.
struct FormatWords {
  std::string_view english, japanese;
};
FormatWords format_of(Primitive primitive);

bool is_id(std::string_view text);
bool is_uuid_urn(std::string_view text);  // "urn:uuid:..."
bool is_oid_urn(std::string_view text);   // "urn:oid:..."

}  // namespace tasuki::fhir
