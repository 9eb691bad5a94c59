// Document bundles: a Composition first, then what it speaks of. FHIR R4 documents.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/api/call.h"

namespace tasuki::server::api {

struct DocumentEntry {
  std::string full_url, body;
};
// With an identifier and a timestamp of its own (documents.html#bundle).
std::string document_text(const std::vector<DocumentEntry>& entries, Instant time);

}  // namespace tasuki::server::api
