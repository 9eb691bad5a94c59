// Findings in the order of the document, each once; where in the text they are.
#pragma once

#include <vector>

#include "fhir/validate/validate.h"

namespace tasuki::fhir {

std::vector<Finding> in_order(const json::Value& root, std::vector<Finding> findings);

}  // namespace tasuki::fhir
