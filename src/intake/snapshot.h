// Lists that a source sends whole each time: what the last one held and this one does not is taken
// back.
//
// Why: a hospital that deletes a diagnosis writes the patient's list without it and says nothing
// more. Standard: SS-MIX2 1.2, PPR-01 and ADT-61 (each file replaces the list before it).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/convert.h"
#include "record/session.h"

namespace tasuki::intake {

bool is_whole_list(std::string_view kind);  // "PPR-01"

// Adds to the message's resources those that are missing from it now, entered in error, and to the
// checkpoints what this list holds. `name`: which list of the feed this is. One list at a time.
Result<void> take_back(record::Session& session, const fhir::Definitions& definitions,
                       const std::string& name, Converted& converted,
                       std::vector<std::pair<std::string, std::string>>& checkpoints);

}  // namespace tasuki::intake
