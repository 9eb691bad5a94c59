// A search request, parsed and checked: every name known, every value of the parameter's type. FHIR
// R4 search.html. Law 6: an unknown parameter, modifier or prefix is an Error that names it and the
// nearest known one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "fhir/search/value.h"

namespace tasuki::fhir::search {

enum class Prefix : uint8_t { eq, ne, gt, lt, ge, le, sa, eb, ap };

enum class Modifier : uint8_t {
  none,
  exact,
  contains,
  missing,
  not_,
  text,
  in,
  not_in,
  above,
  below,
  of_type,
  identifier,
  type,
};

// Of what the value is, by the parameter's type and the modifier: missing -> Token with code "true"
// or "false"; token :text -> Text; reference :identifier -> Token; otherwise the type's own (token
// -> Token, quantity -> Amount ...).
struct Operand {
  Prefix prefix = Prefix::eq;
  Value value;
  bool any_system = false;  // token "code" without "|"; quantity without unit
  bool any_code = false;    // token "system|"
  std::string text;         // as it was written, unescaped
  std::vector<Operand>
      parts;  // composite: one for each component, in order; value is then not used
};

struct Criterion {
  const SearchParameter* parameter = nullptr;
  Modifier modifier = Modifier::none;
  TypeId type = no_type;        // of modifier type: "subject:Patient"
  std::vector<Operand> any_of;  // comma: or
  // "subject:Patient.name=x". chain[i] is asked of resources of chain_types[i] (the same code may
  // be another parameter on another type); any of them suffices.
  std::vector<Criterion> chain;
  std::vector<TypeId> chain_types;
  bool reverse = false;  // _has: chain holds the inner criterion, parameter the link back
};

struct Sort {
  const SearchParameter* parameter = nullptr;
  bool descending = false;
};

struct Include {
  bool reverse = false, iterate = false;
  TypeId source = no_type;
  const SearchParameter* parameter = nullptr;  // nullptr: "*"
  TypeId target = no_type;                     // no_type: any
};

enum class Total : uint8_t { none, estimate, accurate };

struct Query {
  std::vector<TypeId> types;        // one, or for a system search those of _type (empty = all)
  std::vector<Criterion> criteria;  // all must hold
  std::vector<Sort> sort;
  std::vector<Include> includes;
  std::optional<size_t> count;  // 0: the total alone, as _summary=count asks
  Total total = Total::none;
  std::string cursor;  // "_cursor", ours, opaque
  std::string self;    // the criteria as understood, for the self link
};

// Bounds of one request.
inline constexpr size_t query_bytes_max = 64 * 1024;
inline constexpr size_t criteria_max = 64;
inline constexpr size_t operands_max = 512;  // of one criterion, after comma
inline constexpr size_t chain_depth_max = 4;
inline constexpr size_t count_max = 10'000;  // _count above it is taken as it

// text: "name=山田&birthdate=ge1944", percent-encoded as it came. _format and _pretty are left to
// the caller.
Result<Query> parse(const Definitions& definitions, std::optional<TypeId> type,
                    std::string_view text);

}  // namespace tasuki::fhir::search
