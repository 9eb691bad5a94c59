// The patch of a Call on a version that stands: shared by PATCH and by transactions.
#pragma once

#include "server/api/call.h"

namespace tasuki::server::api {

// call.media, call.content and call.resource are the patch. unprocessable: it cannot be applied.
std::expected<json::Document, Problem> patched(const Call& call, const record::Resource& standing);

}  // namespace tasuki::server::api
