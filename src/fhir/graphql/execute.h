// Answers a query from what a Source gives. FHIR R4 graphql.html; GraphQL June 2018, section 6
//
// Where they differ FHIR's page counts: what a resource does not have is left out of the answer
// (its examples), not null. A reference that leads nowhere, or to what the reader may not see, is
// an error of its field; the rest of the answer stands.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/graphql/document.h"
#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::fhir::graphql {

inline constexpr size_t reads_max = 2'000;  // of resources by reference or id
inline constexpr size_t searches_max = 100;
inline constexpr size_t errors_max = 50;

class Source {
 public:
  virtual ~Source() = default;
  // Nothing: not there, or not for this reader. Values live as long as the source.
  virtual Result<std::optional<json::Value>> read(TypeId type, std::string_view id) = 0;

  struct Found {
    std::vector<json::Value> resources;
    std::optional<uint64_t> total;
    std::string next;  // cursor; empty: no more
  };
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  virtual Result<Found> search(TypeId type, const Parameters& parameters, bool with_total) = 0;

  // "Patient/1" of a reference to here; empty: it leads elsewhere.
  virtual std::string local(std::string_view reference) const = 0;
};

struct Instance {
  TypeId type = no_type;
  json::Value resource;
};

struct Request {
  std::string query, operation;
  const json::Value* variables = nullptr;  // an object
  std::optional<Instance> instance;        // of [type]/[id]/$graphql
};

// {"data": ..., "errors": [...]}: also of a query that cannot be answered.
std::string answer(const Definitions& definitions, Source& source, const Request& request);

// {"errors": [...]} of one error.
std::string refusal(const Error& error);

}  // namespace tasuki::fhir::graphql
