// A job's answer: as it is kept, and as R4 gives it to who asks. FHIR R4 async.html
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"
#include "server/api/outcome.h"

namespace tasuki::server::jobs {

net::HttpResponse answer(unsigned status);  // without a body, guarded
net::HttpResponse refused(const api::Problem& problem);
net::HttpResponse not_allowed(std::string_view allowed);

std::string text_of(const net::HttpResponse& response);  // "200\nname: value\n\nbody"
net::HttpResponse response_of(std::string_view text);

// async.html: "a Bundle of type batch-response with one entry".
net::HttpResponse batch_response(const net::HttpResponse& response, std::string_view base);

// A job-only operation's own answer: plain JSON where it is no resource (Bulk Data IG "Complete").
net::HttpResponse manifest(net::HttpResponse response);

// Is the request an operation that runs only as a job? Then it is asked first, to accept or refuse.
bool checks_first(const net::HttpRequest& request);
// What of a request's head matters when it is run later.
std::vector<net::Header> kept_headers(const net::HttpRequest& request);

}  // namespace tasuki::server::jobs
