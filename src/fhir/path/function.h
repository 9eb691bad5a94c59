// The functions of FHIRPath as tables by theme: a new function is a row and a body. FHIRPath N1, 5.
#pragma once

#include <span>

#include "base/decimal.h"
#include "fhir/path/evaluate.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {

struct Function;

// One call while it runs: the collection it is asked of, and its arguments not yet evaluated.
struct Call {
  Evaluator& evaluator;
  const Node& node;
  const Item& focus;  // $this outside the call
  const Items& input;

  bool has(size_t argument) const { return argument < node.arguments.size(); }
  // The argument for $this outside the call, or for one item of the input.
  void argument(size_t place, Items& out) const;
  void argument(size_t place, const Item& of, Items& out) const;

  // One value, or nothing where there is none; several, or another kind, is an error.
  std::optional<std::string> text_argument(size_t place) const;
  std::optional<int64_t> integer_argument(size_t place) const;
  std::optional<Decimal> number_argument(size_t place) const;
  const Item* one() const;                       // of the input
  std::optional<std::string_view> text() const;  // of the input

  void fail(std::string message, Error::Kind kind = Error::Kind::invalid) const;
  System kind_of(const Item& item) const { return kind(evaluator.definitions, item); }
};

enum class Takes : uint8_t {
  values,  // arguments are asked of $this outside
  each,    // the first argument is asked of each item
  type,    // the argument is a type's name
  regex,   // the first argument is a regular expression
};

struct Function {
  std::string_view name;
  uint8_t arguments_min = 0, arguments_max = 0;
  void (*run)(Call& call, Items& out) = nullptr;
  Takes takes = Takes::values;
};

const Function* function_named(std::string_view name);
std::span<const std::string_view> function_names();

// By theme; each in a file of its name.
std::span<const Function> collection_functions();
std::span<const Function> set_functions();
std::span<const Function> text_functions();
std::span<const Function> encoding_functions();
std::span<const Function> number_functions();
std::span<const Function> date_functions();
std::span<const Function> conversion_functions();
std::span<const Function> fhir_functions();

}  // namespace tasuki::fhir::path
