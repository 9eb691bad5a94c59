// Which resources belong to a patient, an encounter, a practitioner, a related person or a device.
// FHIR R4 compartmentdefinition.html
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "fhir/search/match.h"

namespace tasuki::fhir::search {

// The types that have a compartment: "Device", "Encounter" ...
std::span<const std::string_view> compartment_types();

// The search parameters by which resources of the type belong to it; empty: they never do (but the
// resource itself always does).
std::vector<std::string_view> compartment_links(const Definitions& definitions, TypeId compartment,
                                                TypeId type);

bool is_in(const Definitions& definitions, const Subject& subject, const Compartment& compartment);

}  // namespace tasuki::fhir::search
