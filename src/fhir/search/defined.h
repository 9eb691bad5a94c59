// A SearchParameter resource as a parameter that can be indexed and asked. FHIR R4
// searchparameter.html.
//
// Refused with the reason where it could not be answered: an expression that does not compile,
// leads nowhere or to data that parameters of its type do not work on, an unknown base, a code that
// is taken.
#pragma once

#include "fhir/model/added.h"
#include "json/value.h"

namespace tasuki::fhir::search {

// What has a code already: the parameters of the image, or also those that were added and are
// active.
enum class Beside : uint8_t { image, active };

Result<AddedParameter> read_parameter(const Definitions& definitions, const json::Value& resource,
                                      Beside beside);

// One that is retired is kept and not active; one that says what the image says adds nothing.
bool is_active(const Definitions& definitions, const json::Value& resource);

}  // namespace tasuki::fhir::search
