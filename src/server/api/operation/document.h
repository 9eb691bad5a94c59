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

// The composition, what is known already to belong to it, and what these refer to, so many rounds
// far. What is absent, deleted or hidden from the reader is left out, as in a search's includes.
Result<std::vector<DocumentEntry>> gather_document(Call& call, record::Resource composition,
                                                   std::vector<record::Resource> known, int rounds);

// With an identifier and a timestamp of its own (documents.html#bundle). profile: may be empty.
std::string document_text(const std::vector<DocumentEntry>& entries, Instant time,
                          std::string_view profile = {});

}  // namespace tasuki::server::api
