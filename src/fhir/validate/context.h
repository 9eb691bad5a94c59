// The value set that an element is bound to, from "[structure definition]#[element]": the context
// of ValueSet/$expand and $validate-code. FHIR R4 valueset-operation-expand.html
#pragma once

#include <string>
#include <string_view>

#include "fhir/validate/rulebook.h"

namespace tasuki::fhir {

// "http://hl7.org/fhir/StructureDefinition/Patient#Patient.gender" ->
// "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"
Result<std::string> bound_value_set(const Rulebook& rulebook, std::string_view context);

}  // namespace tasuki::fhir
