// Type names and what they match: FHIR's types and System's. FHIRPath N1 6.3, 10.2; FHIR R4
// fhirpath.html#types.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/path/tree.h"

namespace tasuki::fhir::path {

// Qualified by "FHIR" or "System", or by neither; nothing when no such type is known. A System type
// that does not exist matches nothing: Patient.is(System.Patient) is false.
std::optional<TypeName> type_named(const Definitions& definitions, std::string_view space,
                                   std::string_view name);

// `is`: the type itself or one made from it.
bool is_type(const Definitions& definitions, const Item& item, const TypeName& type);
// `as` and ofType(): of primitives the type itself, and what converts to the System type.
bool can_be(const Definitions& definitions, const Item& item, const TypeName& type);

std::string_view name_of(System system);  // "DateTime"

}  // namespace tasuki::fhir::path
