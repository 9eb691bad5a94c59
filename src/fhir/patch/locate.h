// Where in a tree the items of a FHIRPath stand, so that they can be changed there.
//
// An Item is a handle to the same text or members as the tree's own value, so the tree is searched
// for that handle. Booleans have none; they never repeat in FHIR, so the object they are asked of
// and their element say where they are.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fhir/patch/tree.h"
#include "fhir/path/expression.h"

namespace tasuki::fhir {

// An object of the tree and the type it is of.
struct Holder {
  json::Value* object = nullptr;
  TypeId type = no_type;
};

// An element of an object: holder.name, or holder.name[index]; of a list no index.
struct Location {
  Holder holder;
  const Element* element = nullptr;
  std::optional<size_t> index = {};
};

class Locator {
 public:
  Locator(const Definitions& definitions, json::Document& target, Budget& budget)
      : definitions_(definitions),
        target_(target),
        budget_(budget),
        element_type_(definitions.type("Element").value_or(no_type)) {}

  // The elements the path selects. Computed values and the resource itself are refused.
  Result<std::vector<Location>> elements(std::string_view path);

  // The one object a path selects: the resource, an element, or of a primitive its "_name", which
  // is made when it is not there.
  Result<Holder> holder(std::string_view path);

  // The list a path names, be it empty: its last step is a name.
  Result<Location> list(std::string_view path);

 private:
  struct Visited {
    Location location;
    json::Value* value = nullptr;
    json::Value* sibling = nullptr;
  };

  Result<path::Expression> compiled(std::string_view path) const;
  Result<path::Items> evaluate(const path::Expression& expression);
  Result<Holder> holder(const path::Expression& expression, std::string_view path);
  Result<Visited> place_of(const path::Item& item, const path::Expression& expression);
  Result<Visited> place_of_boolean(const path::Item& item, const path::Expression& expression);
  Holder sibling_of(const Location& location);
  template <class Visit>
  Result<void> walk(Holder holder, Visit&& visit);

  const Definitions& definitions_;
  json::Document& target_;
  Budget& budget_;
  const TypeId element_type_;
};

// "birthDate", "value" or "value[x]" with "Quantity": the element of the type that is meant.
// nullptr: none.
const Element* element_named(const Definitions& definitions, TypeId type, std::string_view name,
                             std::string_view value_type);

}  // namespace tasuki::fhir
