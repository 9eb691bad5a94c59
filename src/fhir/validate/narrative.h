// The XHTML of a narrative: one well-formed <div> of the elements and attributes FHIR allows, no
// scripts, no handlers. FHIR R4 narrative.html#Narrative, txt-1.
#pragma once

#include <string_view>

namespace tasuki::fhir {

struct NarrativeFault {
  std::string_view english, japanese;  // empty: none
};

NarrativeFault narrative_fault(std::string_view xhtml);

// txt-2: some text that is not white space, or an image.
bool narrative_says_something(std::string_view xhtml);

}  // namespace tasuki::fhir
