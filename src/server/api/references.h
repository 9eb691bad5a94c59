// References inside the resources of a transaction: to other entries by their fullUrl, to what
// criteria name. FHIR R4 http.html#trules
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/api/call.h"

namespace tasuki::server::api {

class References {
 public:
  explicit References(const Call& call) : call_(call) {}

  // The texts as they were sent; names are forgotten.
  void restore(record::Resolver& resolver);

  void name(std::string_view full_url, std::string reference);  // "urn:uuid:..." -> "Patient/1"

  // In the resource of the entry, every reference to a name or by criteria becomes "Patient/1". The
  // narrative is left alone.
  Result<void> rewrite(size_t index, json::Value& value, std::string_view member);

 private:
  void replace(json::Value& value, std::string_view text);
  Result<std::string_view> referred(size_t index, std::string_view text);

  const Call& call_;
  record::Resolver* resolver_ = nullptr;
  std::vector<std::pair<json::Value*, json::Value>> rewritten_;  // and what they were
  std::unordered_map<std::string_view, std::string> names_;
  std::unordered_map<std::string_view, std::string> conditional_;  // criteria -> "Patient/1"
};

}  // namespace tasuki::server::api
