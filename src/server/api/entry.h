// One entry of a batch or transaction, as the interaction it asks for. FHIR R4
// bundle.html#bundle-unk, http.html#transaction
#pragma once

#include <string>
#include <vector>

#include "server/api/bundle.h"
#include "server/api/call.h"

namespace tasuki::server::api {

struct Entry {
  size_t index = 0;
  std::string_view full_url;
  std::string_view method;
  Target target;
  std::string query;
  json::Value* resource = nullptr;
  std::string_view if_match, if_none_match, if_none_exist, if_modified_since;
  // Of PATCH, where the resource is a Binary: its type and bytes. http.html#patch
  std::string_view media = {};
  std::string content = {};
};

Result<Entry> parse_entry(const Call& call, size_t index, json::Value& entry);
Call call_of(const Call& bundle, const Entry& entry);

std::string entry_location(size_t index, std::string_view rest);  // "Bundle.entry[3].request.url"

// Writes the entry's part of the answer.
void append_answer(const Call& call, const Entry& entry, const Answer& answer, BundleText& out);

Reply batch(Call& call, std::span<json::Value> entries);
Reply transaction(Call& call, std::span<json::Value> entries);

}  // namespace tasuki::server::api
