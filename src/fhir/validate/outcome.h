// Findings as an OperationOutcome. FHIR R4 operationoutcome.html; line and column are the
// extensions operationoutcome-issue-line and -col.
#pragma once

#include <string>
#include <vector>

#include "fhir/validate/validate.h"

namespace tasuki::fhir {

// JSON. Without findings one issue of information says that nothing was found.
std::string outcome_of(const std::vector<Finding>& findings);

std::string_view name_of(Finding::Severity severity);

}  // namespace tasuki::fhir
