// The functions of FHIRPath as one table: a new function is a row and a body. FHIRPath N1, 5.
#pragma once

#include <span>

#include "fhir/path/evaluate.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {

// One call while it runs: the collection it is asked of, and its arguments not yet evaluated.
struct Call {
  Evaluator& evaluator;
  const Node& node;
  const Item& focus;  // $this outside the call
  const Items& input;
};

struct Function {
  std::string_view name;
  uint8_t arguments_min = 0, arguments_max = 0;
  bool takes_type = false;  // its argument is a type's name
  void (*run)(Call& call, Items& out) = nullptr;
};

std::span<const Function> functions();

}  // namespace tasuki::fhir::path
