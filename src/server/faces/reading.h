// What a resource says in one line of text, for pages and summaries.
#pragma once

#include <string>

#include "json/value.h"

namespace tasuki::server::faces {

// Of a MedicationRequest or MedicationStatement, an infusion's parts too.
std::string medicine_text(const json::Value& request);
// Of an Observation, without its unit; the digits as they were sent.
std::string value_text(const json::Value& observation);

}  // namespace tasuki::server::faces
