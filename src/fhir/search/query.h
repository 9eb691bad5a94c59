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

enum class Prefix : uint8_t { eq, ne, gt, lt, ge, le, sa, eb, ap, po };  // po: of _filter alone

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
  // Of _filter alone: an equal value, an unequal one, one that begins or ends so.
  equals,
  unlike,
  begins,
  ends,
};

// A full-text expression of _text or _content: (bone OR liver) AND metastases.
struct Words {
  enum class Op : uint8_t { word, all, any, not_ };
  Op op = Op::word;
  std::string folded;  // of a word or a quoted phrase
  std::vector<Words> parts;
};

// Of what the value is, by the parameter's type and the modifier: missing -> Token with code "true"
// or "false"; token :text -> Text; token :in, :not-in -> Uri of the value set; token :of-type ->
// Token with one of `types` and the value as code; reference :identifier -> Token; near ->
// Position; otherwise the type's own (token -> Token, quantity -> Amount ...).
struct Operand {
  Prefix prefix = Prefix::eq;
  Value value;
  bool any_system = false;  // token "code" without "|"; quantity without unit
  bool any_code = false;    // token "system|"
  std::string text;         // as it was written, unescaped
  std::vector<Operand>
      parts;              // composite: one for each component, in order; value is then not used
  Words words;            // _text, _content
  double distance_m = 0;  // near
};

struct Filter;

struct Criterion {
  const SearchParameter* parameter = nullptr;
  Modifier modifier = Modifier::none;
  TypeId type = no_type;        // of modifier type: "subject:Patient"
  std::vector<Operand> any_of;  // comma: or
  // "subject:Patient.name=x". chain[i] is asked of resources of chain_types[i] (the same code may
  // be another parameter on another type); any of them suffices.
  std::vector<Criterion> chain;
  std::vector<TypeId> chain_types;
  std::vector<Filter> chain_also;  // _filter's "name[filter].name": of the same resource; or empty
  bool reverse = false;            // _has: chain holds the inner criterion, parameter the link back
};

// Criteria put together by and, or, not. search_filter.html
struct Filter {
  enum class Op : uint8_t { leaf, both, either, not_ };
  Op op = Op::leaf;
  Criterion leaf;
  std::vector<Filter> children;
};

// "Patient/1/Observation": what belongs to that patient. compartmentdefinition.html
struct Compartment {
  TypeId type = no_type;
  std::string id;
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
enum class Summary : uint8_t { no, yes, text, data, count };
// Of _contained: the resources themselves, those inside others, or both; the latter are shown by
// the resource that holds them, or alone. search.html#contained
enum class Contained : uint8_t { no, yes, both };
enum class ContainedType : uint8_t { container, contained };

// Left out under Prefer: handling=lenient, and why.
struct Dropped {
  std::string name, reason;
};

struct Query {
  std::vector<TypeId> types;        // one, or for a system search those of _type (empty = all)
  std::vector<Criterion> criteria;  // all must hold, and
  std::vector<Filter> filters;      // these, of _filter, and
  std::vector<std::string> lists;   // each of these Lists must name it (_list), and
  std::optional<Compartment> compartment;  // it must belong to this; set by the caller
  std::vector<Sort> sort;
  std::vector<Include> includes;
  std::optional<size_t> count;  // 0: the total alone, as _summary=count asks
  Total total = Total::none;
  Summary summary = Summary::no;
  std::vector<std::string> elements;  // of _elements; empty: whole resources
  Contained contained = Contained::no;
  ContainedType contained_type = ContainedType::container;
  std::vector<Dropped> dropped;
  std::string cursor;  // "_cursor", ours, opaque
  std::string self;    // the criteria as understood, for the self link
};

// Bounds of one request.
inline constexpr size_t query_bytes_max = 64 * 1024;
inline constexpr size_t criteria_max = 64;
inline constexpr size_t operands_max = 512;  // of one criterion, after comma
inline constexpr size_t chain_depth_max = 4;
inline constexpr size_t count_max = 10'000;  // _count above it is taken as it

// What to do with a parameter that is not known or not served. http.html, Prefer: handling
enum class Handling : uint8_t { strict, lenient };

// text: "name=山田&birthdate=ge1944", percent-encoded as it came. _format and _pretty are left to
// the caller.
Result<Query> parse(const Definitions& definitions, std::optional<TypeId> type,
                    std::string_view text, Handling handling = Handling::strict);

}  // namespace tasuki::fhir::search
