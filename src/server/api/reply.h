// An Answer or Problem as an HTTP response: status, ETag, Last-Modified, Location. FHIR R4
// http.html#3.1.0.1
#pragma once

#include "net/http.h"
#include "server/api/call.h"

namespace tasuki::server::api {

std::string_view status_line(Answer::Done done);  // "201 Created"

net::HttpResponse respond(const fhir::Definitions& definitions, std::string_view base,
                          Answer answer, bool pretty);
net::HttpResponse respond(const Problem& problem);

}  // namespace tasuki::server::api
