// An Answer or Problem as an HTTP response: status, format, ETag, Last-Modified, Location. FHIR R4
// http.html#3.1.0.1
#pragma once

#include "net/http.h"
#include "server/api/call.h"
#include "server/api/media.h"

namespace tasuki::server::api {

std::string_view status_line(Answer::Done done);  // "201 Created"

net::HttpResponse respond(const fhir::Definitions& definitions, std::string_view base,
                          Answer answer, const Wanted& wanted);
net::HttpResponse respond(const fhir::Definitions& definitions, const Problem& problem,
                          const Wanted& wanted);

// "Wed, 25 Nov 2026 22:41:11 GMT" (RFC 9110 5.6.7) or a FHIR instant; nothing for anything else,
// as RFC 9110 13.1.3 wants it.
std::optional<Instant> parse_http_date(std::string_view text);
int64_t seconds_of(Instant instant);

}  // namespace tasuki::server::api
