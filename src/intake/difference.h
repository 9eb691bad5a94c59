// What is different between two states of a resource, element by element.
//
// Why: a changed mapping is judged before it goes live (`tasuki map diff`) and a replay before it
// is published; a person reads "Observation.code.coding[0].code: 123 -> 3B035…", not two documents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace tasuki::intake {

struct Difference {
  std::string path;           // "Observation.code.coding[0].code"
  std::string before, after;  // as JSON; empty: not there
  bool operator==(const Difference&) const = default;
};

// Leaf by leaf, in the order of `before`, then what only `after` has. Items of arrays that are
// equal are matched first, so that one put in front does not make all of them different. At most
// 1,000. `before` or `after` null: the whole resource is new or gone.
std::vector<Difference> differences(const json::Value& before, const json::Value& after);

// As `differences`, but only what `wanted` says and `made` does not: more in `made` is no
// difference.
std::vector<Difference> missing(const json::Value& wanted, const json::Value& made);

}  // namespace tasuki::intake
