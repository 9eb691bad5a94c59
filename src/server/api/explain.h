// _explain=true: how a search is answered, as a Parameters resource, in place of what it finds.
#pragma once

#include "fhir/search/query.h"
#include "server/api/call.h"

namespace tasuki::server::api {

bool asks_to_explain(std::string_view query);
Reply explain(Call& call, const fhir::search::Query& query);

}  // namespace tasuki::server::api
