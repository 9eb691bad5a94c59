// The tree a FHIRPath text becomes: nodes by number in one vector, operands before operators.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/path/expression.h"

namespace tasuki::fhir::path {

enum class Op : uint8_t {
  focus,     // what the expression is asked of; $this
  index,     // $index
  resource,  // %resource, %rootResource, %context
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
};

inline constexpr uint32_t no_node = UINT32_MAX;

struct Function;

struct Node {
  Op op = Op::focus;
  uint32_t left = no_node, right = no_node;
  TypeId type = no_type;    // root, is, as, ofType(); of a literal its own
  std::string_view name{};  // root, member, call
  const Function* function = nullptr;
  std::vector<uint32_t> arguments{};
  json::Value literal{};
  size_t position = 0;  // in the text, in bytes from 1
};

// The types that computed values have.
struct Types {
  TypeId boolean = no_type, integer = no_type, decimal = no_type, string = no_type;
  TypeId date = no_type, date_time = no_type, time = no_type;
};

struct Tree {
  Types types;
  std::string text;   // names are views into it
  json::Arena arena;  // unescaped strings
  std::vector<Node> nodes;
  uint32_t top = 0;
};

Result<std::shared_ptr<const Tree>> parse(const Definitions& definitions, std::string_view text);

}  // namespace tasuki::fhir::path
