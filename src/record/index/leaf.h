// One value of a question as a node of the store, exact or holding more than was asked.
#pragma once

#include "fhir/search/query.h"
#include "record/index/indexer.h"
#include "store/store.h"

namespace tasuki::record {

struct Leaf {
  store::Node node;
  bool exact = true;  // false: each document has to be asked, too
};

// `dates_part`: the narrowest part of the field's dates that holds all that may match.
Leaf leaf_of(const Indexer& indexer, fhir::TypeId type, const fhir::search::Criterion& criterion,
             const fhir::search::Operand& operand, std::string_view dates_part);

// The same of a quantity, of records that have the code: from the composite's entries, by code, and
// from those of the value itself where a record has no pair.
Leaf leaf_with_code(const Indexer& indexer, fhir::TypeId type, const Indexer::Pair& pair,
                    std::string_view code, const fhir::search::Operand& operand);

}  // namespace tasuki::record
