// References as text to Links. FHIR R4 references.html#literal, search.html#reference.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/search/value.h"

namespace tasuki::fhir::search {

bool is_id(std::string_view text);  // [A-Za-z0-9\-\.]{1,64}

// "Patient/1", "Patient/1/_history/2": local. "http://x/fhir/Patient/1", "urn:uuid:...": url.
// Nothing for a contained one ("#x") or an empty text.
std::optional<Link> parse_link(const Definitions& definitions, std::string_view text);

// "http://x/ValueSet/y|1.0": url and version.
Link canonical_link(std::string_view text);

// The resource type a link names, of an absolute url too ("http://x/fhir/Patient/1").
std::string_view type_named(const Definitions& definitions, const Link& link);

// By which resources of the type are part of one another (Location.partOf): the ground of :above
// and :below. nullptr: they are not. search.html#recursive
const SearchParameter* parent_parameter(const Definitions& definitions, TypeId type);

}  // namespace tasuki::fhir::search
