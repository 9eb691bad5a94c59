// The body of a request as the interaction needs it: a resource from JSON or XML, a patch, a
// Binary's bytes, Parameters of an operation. FHIR R4 http.html#general, #patch; binary.html#rest
#pragma once

#include <optional>

#include "net/http.h"
#include "server/api/call.h"
#include "server/api/media.h"

namespace tasuki::server::api {

// What the body became; call.body, call.resource, call.media and call.content point into it and the
// request, which must both outlive the call.
struct Body {
  std::optional<json::Document> document;
  std::string text;                          // of a Bundle sent as XML: the same as JSON
  std::optional<json::Document> provenance;  // of X-Provenance
  std::string media;                         // "application/fhir+json"
};

// A Bundle sent to [base] stays text, call.content: its entries become trees one at a time.
std::expected<void, Problem> take_body(const net::HttpRequest& request, Call& call, Body& body);

// Line and column are no FHIRPath, so they belong into the sentence.
Problem unreadable(const Error& why);

}  // namespace tasuki::server::api
