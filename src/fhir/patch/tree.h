// What JSON Patch and FHIRPath Patch do to a tree, paid from one budget.
#pragma once

#include "base/result.h"
#include "fhir/patch/patch.h"
#include "json/value.h"

namespace tasuki::fhir {

class Budget {
 public:
  explicit Budget(const PatchLimits& limits) : left_(limits.nodes_max) {}
  Result<void> spend(size_t nodes) {
    if (nodes > left_)
      return Error{
          Error::Kind::too_costly,
          "The patch copies, moves or looks at too much; send the whole resource with PUT.",
          {}};
    left_ -= nodes;
    return {};
  }

 private:
  size_t left_;
};

struct Extent {
  size_t nodes = 0;
  unsigned depth = 0;  // 1: no container inside
};
Extent extent_of(const json::Value& value);

void insert_at(json::Value& array, size_t index, json::Value item, json::Arena& arena);
void remove_at(json::Value& array, size_t index, json::Arena& arena);

// 1.0 and 1 and 10e-1 are one number. RFC 6902 4.6
bool same_number(std::string_view left, std::string_view right);

}  // namespace tasuki::fhir
