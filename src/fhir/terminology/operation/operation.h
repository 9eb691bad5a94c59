// The terminology operations as functions: what is asked, of which snapshot, and the answer's JSON.
// HTTP is added by server/api/operation. FHIR R4 terminology-service.html
#pragma once

#include <memory>

#include "fhir/terminology/operation/ask.h"
#include "fhir/terminology/operation/issue.h"

namespace tasuki::fhir::terminology {

using Snapshot = std::shared_ptr<const Terminology>;

Reply expand(const Snapshot& terms, const Ask& ask);  // ValueSet/$expand
Reply validate_code_in_value_set(const Snapshot& terms, const Ask& ask);
Reply validate_code_in_system(const Snapshot& terms, const Ask& ask);
Reply lookup(const Snapshot& terms, const Ask& ask);     // CodeSystem/$lookup
Reply subsumes(const Snapshot& terms, const Ask& ask);   // CodeSystem/$subsumes
Reply translate(const Snapshot& terms, const Ask& ask);  // ConceptMap/$translate
// Many codes at once: "validation" parameters, each a Parameters. HL7 terminology ecosystem.
Reply batch_validate_code(const Snapshot& terms, const Ask& ask);

}  // namespace tasuki::fhir::terminology
