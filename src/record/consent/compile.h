// A Consent resource to rules. FHIR R4 consent.html; what is accepted: security.md 2.5.
//
// A restriction that cannot be honoured must not be ignored: an active Consent about privacy that
// says anything this compiler does not carry (classes, codes, labels, nested provisions ...)
// becomes its strictest reading, a denial to everybody but the responsible facilities. It is stored
// as it is; `strict_because` says why.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "record/consent/policy.h"

namespace tasuki::record {

struct CompiledConsent {
  std::string patient;         // id of the Patient it is about; empty: it rules nothing here
  std::vector<Rule> rules;     // empty when withdrawn, proposed, or not about privacy
  std::string strict_because;  // what was not understood: an element's name; empty otherwise
};

// The institution number behind a reference to an Organization; nothing when it cannot be told.
using InstitutionOf = std::function<std::optional<std::string>(const json::Value& reference)>;

CompiledConsent compile_consent(const json::Value& consent, const InstitutionOf& institution_of);

// The institution number among an Organization's identifiers; empty when it has none.
std::string institution_number(const json::Value& organization);

}  // namespace tasuki::record
