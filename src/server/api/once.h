// Idempotency-Key: the same POST twice is carried out once and answered alike.
// draft-ietf-httpapi-idempotency-key-header, 2
#pragma once

#include <functional>

#include "net/http.h"
#include "server/api/call.h"

namespace tasuki::server::api {

// The answer kept under the request's key, or that of `carry_out`, which is then kept. Requests
// without a key, and methods that are idempotent by themselves, are just carried out.
net::HttpResponse answer_once(const net::HttpRequest& request, record::Session& session,
                              const std::function<net::HttpResponse()>& carry_out,
                              const std::function<net::HttpResponse(const Problem&)>& refuse);

}  // namespace tasuki::server::api
