// Keeps a person's rules in step with Consent resources and person links.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "record/inside.h"
#include "store/store.h"

namespace tasuki::record {

// In the transaction of the Consent itself; nullptr: it was deleted.
Result<void> keep_consent(Inside& inside, store::Writer& writer, std::string_view id,
                          std::string_view owner, const json::Value* consent, Affected& affected);

}  // namespace tasuki::record
