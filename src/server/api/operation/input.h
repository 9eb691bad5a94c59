// What an operation is given: the query of a GET, or a Parameters resource (or the one resource it
// takes) in the body of a POST. FHIR R4 operations.html#request, parameters.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/value.h"
#include "server/api/call.h"

namespace tasuki::server::api {

struct Given {
  std::string name;
  std::string text = {};               // of a primitive, as written
  const json::Value* value = nullptr;  // value[x] of a Parameters body
  const json::Value* resource = nullptr;
  const json::Value* parts = nullptr;  // the array "part"
};

class Input {
 public:
  // parameters: as Operation::parameters. An unknown or missing one is an Error that names it.
  static Result<Input> of(const Call& call, std::string_view parameters);

  const Given* find(std::string_view name) const;                // the first; nullptr: not given
  std::optional<std::string> text(std::string_view name) const;  // of the first
  std::vector<std::string> texts(std::string_view name) const;   // all; each split at commas
  Result<std::optional<size_t>> number(std::string_view name) const;
  Result<std::optional<Instant>> instant(std::string_view name) const;
  Result<bool> truth(std::string_view name, bool otherwise) const;

  std::span<const Given> all() const { return given_; }
  // What the list did not name (only where it ends in "..."), as a query: for a search.
  const std::string& rest() const { return rest_; }

 private:
  std::vector<Given> given_;
  std::string rest_;
};

// "name:type*" taken apart.
struct ParameterRule {
  std::string_view name, type;
  bool many = false, required = false;
};
std::vector<ParameterRule> rules_of(std::string_view parameters);

}  // namespace tasuki::server::api
