// Everything about a patient or an encounter, as far as the reader may see it: a page of the
// compartment and what its resources refer to. FHIR R4 compartmentdefinition.html,
// patient-operation-everything.html, encounter-operation-everything.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/session.h"

namespace tasuki::record {

struct CompartmentRequest {
  fhir::TypeId of = fhir::no_type;  // Patient or Encounter
  std::vector<std::string> ids;     // of one person there may be several Patient records
  std::vector<fhir::TypeId> types;  // empty: all
  std::optional<Instant> since;     // changed at or after
  // Care given in this time: what says another time is left out, what says none stays.
  std::optional<Instant> from, to;
  size_t count = 50;
  std::string cursor;
};

// matches: the resources themselves and their compartment; included: what those refer to and is in
// no compartment (practitioners, organisations, medications ...), and an encounter's patient.
// The resources named must exist and be visible: the caller has read them.
Result<SearchResult> compartment(Session& session, const CompartmentRequest& request);

}  // namespace tasuki::record
