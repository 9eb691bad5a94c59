// The answer being built: a value put under a name, alone or behind others in a list.
#pragma once

#include "fhir/graphql/document.h"
#include "json/value.h"

namespace tasuki::fhir::graphql {

class Output {
 public:
  explicit Output(json::Arena& arena) : arena_(arena) {}

  // invalid: there is one already and @singleton wants one; or, gathered by @flatten, what stands
  // there is of another kind (graphql.html, "Flattening a node").
  Result<void> put(json::Value& target, std::string_view name, json::Value value, bool listed,
                   Place place);
  Result<void> begin_list(json::Value& target, std::string_view name);

 private:
  json::Arena& arena_;
};

}  // namespace tasuki::fhir::graphql
