// A GraphQL query as a tree. GraphQL June 2018, section 2 (Language): queries alone; mutations and
// subscriptions are refused by name.
//
// Bounded: bytes, tokens and nesting, so that no text costs more than it is long.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tasuki::fhir::graphql {

inline constexpr size_t query_bytes_max = 64 * 1024;
inline constexpr size_t tokens_max = 20'000;
inline constexpr unsigned nesting_max = 32;

struct Place {
  size_t line = 1, column = 1;
};

struct Member;

struct Value {
  enum class Kind : uint8_t { null, boolean, number, string, enumeration, variable, list, object };
  Kind kind = Kind::null;
  std::string text;  // as it stands; of a string what it means; of a variable its name
  std::vector<Value> items;
  std::vector<Member> members;
};

// No pair: a vector may hold what is not complete yet and a pair may not.
struct Member {
  std::string name;
  Value value;
};

struct Argument {
  std::string name;
  Value value;
  Place place;
};

struct Directive {
  std::string name;
  std::vector<Argument> arguments;
  Place place;
};

struct Selection {
  enum class Kind : uint8_t { field, spread, inline_fragment };
  Kind kind = Kind::field;
  std::string name;   // of a field or of the fragment that is spread
  std::string alias;  // of a field, empty: its name
  std::string on;     // the type of an inline fragment; empty: any
  std::vector<Argument> arguments;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
  Place place;

  const std::string& key() const { return alias.empty() ? name : alias; }
  const Directive* directive(std::string_view name) const;  // nullptr: not there
  const Argument* argument(std::string_view name) const;
};

struct Variable {
  std::string name, type;  // "[String!]"
  bool is_required = false;
  std::optional<Value> otherwise;
};

struct Operation {
  std::string name;
  std::vector<Variable> variables;
  std::vector<Selection> selections;
};

struct Fragment {
  std::string name, on;
  std::vector<Selection> selections;
  Place place;
};

struct Document {
  std::vector<Operation> operations;
  std::vector<Fragment> fragments;

  const Fragment* fragment(std::string_view name) const;
};

// The Error's location is "line 3, column 5".
Result<Document> parse(std::string_view text);

std::string text_of(Place place);  // "line 3, column 5"

}  // namespace tasuki::fhir::graphql
