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

  void begin(record::Resolver& resolver);  // of a build: what the last one knew is forgotten

  void name(std::string_view full_url, std::string reference);  // "urn:uuid:..." -> "Patient/1"

  // In the resource of the entry, every reference to a name or by criteria becomes "Patient/1". The
  // narrative is left alone. What it says anew lies in this object.
  Result<void> rewrite(size_t index, json::Value& value, std::string_view member);

 private:
  Result<std::string_view> referred(size_t index, std::string_view text);

  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  const Call& call_;
  record::Resolver* resolver_ = nullptr;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> names_;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>>
      conditional_;  // criteria -> "Patient/1"
};

}  // namespace tasuki::server::api
