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
  json::Document document = {};  // of the whole entry
  json::Value* resource = nullptr;
  std::string full_url = {};
  std::string_view method = {};
  Target target = {};
  std::string query = {};
  std::string if_match = {}, if_none_match = {}, if_none_exist = {}, if_modified_since = {};
  // Of PATCH, where the resource is a Binary: its type and bytes. http.html#patch
  std::string media = {}, content = {};
};

Result<Entry> parse_entry(const Call& call, size_t index, std::string_view text);
Call call_of(const Call& bundle, Entry& entry);

std::string entry_location(size_t index, std::string_view rest);  // "Bundle.entry[3].request.url"

// Writes the entry's part of the answer.
void append_answer(const Call& call, const Entry& entry, const Answer& answer, BundleText& out);

// Of the text of each entry, which becomes a tree only when its turn comes.
Reply batch(Call& call, std::span<const std::string_view> entries);
Reply transaction(Call& call, std::span<const std::string_view> entries);

}  // namespace tasuki::server::api
