// The tree a FHIRPath text becomes: nodes by number in one vector, operands before operators.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/path/expression.h"

namespace tasuki::fhir::path {

enum class Op : uint8_t {
  focus,     // what the expression is asked of; $this
  index,     // $index
  total,     // $total
  resource,  // %resource
  root_resource,
  context,   // what the evaluation was asked of
  variable,  // %name
  literal,   // and {} where the literal is null
  root,      // "Patient" at the head of a path: the focus if it is one
  member,    // left.name
  call,      // left.name(arguments)
  at,        // left[right]
  is,
  as,  // left is type
  union_,
  equal,
  not_equal,
  equivalent,
  not_equivalent,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  contains,
  and_,
  or_,
  xor_,
  implies,
  concatenate,
  add,
  subtract,
  multiply,
  divide,
  divide_whole,  // div
  modulo,
  negate,
  plus,  // +1
};

inline constexpr uint32_t no_node = UINT32_MAX;

struct Function;
class Regex;

// "FHIR.Quantity", "System.Boolean", "Quantity": in which of the two worlds, or both.
struct TypeName {
  TypeId fhir = no_type;
  System system = System::none;
};

struct Node {
  Op op = Op::focus;
  bool is_descending = false;  // sort(-family)
  uint16_t depth = 1;          // of the tree below it
  uint32_t left = no_node, right = no_node;
  TypeId type = no_type;         // root, is, as, ofType(): the FHIR type; of a literal its own
  System system = System::none;  // the same in System
  std::string_view name{};       // root, member, call, variable
  const Function* function = nullptr;
  std::vector<uint32_t> arguments{};
  std::shared_ptr<const Regex>
      regex{};  // of matches() and its like, where the pattern is a literal
  json::Value literal{};
  size_t position = 0;  // in the text, in bytes from 1
};

// The types that computed values have.
struct Types {
  TypeId boolean = no_type, integer = no_type, decimal = no_type, string = no_type;
  TypeId date = no_type, date_time = no_type, time = no_type, quantity = no_type;

  static Types of(const Definitions& definitions);
  TypeId of(System system) const;
};

struct Tree {
  Types types;
  std::string text;   // names are views into it
  json::Arena arena;  // unescaped strings
  std::vector<Node> nodes;
  uint32_t top = 0;
  bool as_takes_many = false;
};

Result<std::shared_ptr<const Tree>> parse(const Definitions& definitions, std::string_view text,
                                          const Options& options);

// Static semantics, for Options::is_strict. check.cpp
Result<void> check(const Definitions& definitions, const Tree& tree, TypeId context);

}  // namespace tasuki::fhir::path
