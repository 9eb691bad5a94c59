// One person on one screen: docs/care-api.md, Overview. Built from the session's searches, so
// consent has already decided what is in it.
#pragma once

#include <string>

#include "base/result.h"
#include "record/session.h"
#include "server/faces/facilities.h"

namespace tasuki::server::faces {

Result<std::string> overview(record::Session& session, const fhir::Definitions& definitions,
                             const Facilities& facilities, std::string_view person_id);

}  // namespace tasuki::server::faces
