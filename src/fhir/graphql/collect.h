// Which fields are asked of one value: fragments opened, what is skipped left out, equal keys
// together. GraphQL June 2018, 6.3.2 CollectFields
#pragma once

#include <vector>

#include "fhir/graphql/budget.h"
#include "fhir/graphql/inputs.h"
#include "fhir/model/definitions.h"

namespace tasuki::fhir::graphql {

using Chosen = std::vector<const Selection*>;

Chosen chosen(const std::vector<Selection>& list);

// A field of the answer, and what is asked inside it.
struct Asked {
  const Selection* selection;
  Chosen inside;
};

class Collector {
 public:
  Collector(const Definitions& definitions, const Document& document, const Inputs& inputs,
            Budget& budget)
      : definitions_(definitions), document_(document), inputs_(inputs), budget_(budget) {}

  // type: of the value that is asked, which decides what fragments apply.
  Result<std::vector<Asked>> collect(const Chosen& list, TypeId type);

 private:
  Result<void> add(const Chosen& list, TypeId type, std::vector<Asked>& asked);

  const Definitions& definitions_;
  const Document& document_;
  const Inputs& inputs_;
  Budget& budget_;
};

}  // namespace tasuki::fhir::graphql
