// Arguments on a list inside a resource: name(use: official), telecom(fhirpath: "..."), _offset,
// _count; and @first, @slice. FHIR R4 graphql.html, "List Navigation", "Slicing".
#pragma once

#include "fhir/graphql/inputs.h"
#include "fhir/path/expression.h"
#include "fhir/path/item.h"

namespace tasuki::fhir::graphql {

class Filter {
 public:
  Filter(const Definitions& definitions, const Inputs& inputs, json::Arena& arena)
      : definitions_(definitions), inputs_(inputs), arena_(arena) {}

  // Those of the items that the field's arguments ask for.
  Result<path::Items> chosen(const Selection& selection, path::Items items,
                             const json::Value& resource);

  // ".official": what @slice adds to the name for the item; empty without @slice.
  Result<std::string> suffix(const Selection& selection, const path::Item& item, size_t index,
                             const json::Value& resource);

 private:
  // What literals in the expression give is text of the expression: the two live together.
  struct Evaluated {
    path::Expression expression;
    path::Items items;
  };
  Result<Evaluated> evaluated(const std::string& expression, Place place, const path::Item& item,
                              size_t index, const json::Value& resource);
  Result<bool> holds(const Argument& argument, const path::Item& item, size_t index,
                     const json::Value& resource);

  const Definitions& definitions_;
  const Inputs& inputs_;
  json::Arena& arena_;
};

}  // namespace tasuki::fhir::graphql
