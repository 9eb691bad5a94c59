// What a query reads and searches beyond the resource at hand, counted against its bounds.
#pragma once

#include "fhir/graphql/execute.h"
#include "fhir/graphql/inputs.h"

namespace tasuki::fhir::graphql {

class Fetch {
 public:
  Fetch(const Definitions& definitions, Source& source, const Inputs& inputs)
      : definitions_(definitions), source_(source), inputs_(inputs) {}

  Result<std::optional<json::Value>> one(TypeId type, std::string_view id);

  // What a reference inside the resource leads to: one contained, or one read. Nothing: neither.
  Result<std::optional<json::Value>> resolved(std::string_view reference,
                                              const json::Value& resource);

  // By the field's arguments; _reference: of those that refer to the resource.
  Result<Source::Found> found(const Selection& selection, TypeId type, const json::Value& resource,
                              bool with_total);

 private:
  const Definitions& definitions_;
  Source& source_;
  const Inputs& inputs_;
  size_t reads_ = 0, searches_ = 0;
};

}  // namespace tasuki::fhir::graphql
