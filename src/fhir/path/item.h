// What a FHIRPath collection is made of.
#pragma once

#include <cstdint>
#include <vector>

#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::fhir::path {

// The types of FHIRPath itself, which FHIR's primitives are converted to where an operator wants
// them. FHIRPath N1 2, FHIR R4 fhirpath.html#types.
enum class System : uint8_t {
  none,
  boolean,
  integer,
  long_,
  decimal,
  string,
  date,
  date_time,
  time,
  quantity,
};
constexpr bool is_whole(System kind) {
  return kind == System::integer || kind == System::long_;
}
constexpr bool is_number(System kind) {
  return is_whole(kind) || kind == System::decimal;
}
constexpr bool is_moment(System kind) {
  return kind == System::date || kind == System::date_time || kind == System::time;
}

// One member of a collection: a place in the document, or a computed value.
struct Item {
  json::Value value{};  // null where a primitive has only extensions, and for a resolved reference
  const json::Value* sibling =
      nullptr;            // "_birthDate" beside "birthDate": id and extension of a primitive
  TypeId type = no_type;  // no_type: JSON of which no definition is known
  // A literal or computed value is of System; so are Element.id and Extension.url. Otherwise none.
  System system = System::none;
  const Element* element =
      nullptr;  // the element it was reached by (its binding); nullptr for a root
};
using Items = std::vector<Item>;

// The resource a document is, by its resourceType; type no_type when that is not defined.
Item root(const Definitions& definitions, const json::Value& resource);

// The same without any definitions: members are found by their JSON names.
Item untyped(const json::Value& value);

// Is `type` the same as `ancestor`, or made from it?
bool is_a(const Definitions& definitions, TypeId type, TypeId ancestor);

// Calls use(item) for each child called `stem` ("value" finds valueQuantity), in document order.
void children(const Definitions& definitions, const Item& item, std::string_view stem, Items& out);

// Every child, in document order.
void all_children(const Definitions& definitions, const Item& item, Items& out);

// The resource type a Reference stands for, decided from its text and type alone (no fetch).
// no_type: not known.
TypeId reference_target(const Definitions& definitions, const json::Value& reference);

// What the item is to an operator: its own System type, or what its FHIR type is converted to. none
// for objects that are no quantity.
System kind(const Definitions& definitions, const Item& item);

}  // namespace tasuki::fhir::path
