// What the paged operations share: page size, links, lists of types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/api/call.h"
#include "server/api/operation/input.h"

namespace tasuki::server::api {

// _count, bounded as a search's is.
Result<size_t> page_count(const Call& call, const Input& input);

// The operation's URL with its plain parameters, at another cursor; empty: without one.
std::string operation_url(const Call& call, const Input& input, std::string_view cursor);

// "Observation", "Patient" to types; the Error names the nearest.
Result<std::vector<fhir::TypeId>> types_of(const fhir::Definitions& definitions,
                                           const std::vector<std::string>& names);

// The Patient record, and the other facilities' records of the same person that may be seen.
Result<std::vector<std::string>> linked_records(record::Session& session, const std::string& id);

}  // namespace tasuki::server::api
