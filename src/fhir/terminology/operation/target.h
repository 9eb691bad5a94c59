// The value set or code system an operation is about: by url, given with the request, or both.
#pragma once

#include <expected>

#include "fhir/terminology/operation/ask.h"
#include "fhir/terminology/operation/issue.h"

namespace tasuki::fhir::terminology {

struct TargetSet {
  const json::Value* resource = nullptr;
  const Composed* composed = nullptr;
  std::shared_ptr<const Composed> own;  // where it had to be compiled for this request
};

// "url" (with "valueSetVersion") or "valueSet". The Reply says why there is none, or what of it is
// broken beyond use.
std::expected<TargetSet, Reply> target_set(const Scope& scope, const Ask& ask);

// A problem that leaves nothing to answer: a broken filter, a circle, a supplement that is missing.
std::optional<Reply> broken(const Scope& scope, const Composed& set);

}  // namespace tasuki::fhir::terminology
