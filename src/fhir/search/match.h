// Does one document meet one criterion? FHIR R4 search.html, 3.1.1.4.
//
// Why: postings answer "may"; this answers "does". It verifies what an index cannot decide (:exact,
// hash hits), and is the linear scan that the index is tested against.
#pragma once

#include "fhir/search/query.h"

namespace tasuki::fhir::search {

// Of a chain or _has only this document's own side: does it have a reference to one of the chain's
// types? (_has: always true.) Who holds the other documents decides the rest.
bool matches(const Definitions& definitions, TypeId type, const json::Value& resource,
             const Criterion& criterion);

// One value under one operand of the criterion; not for :missing and :not, which ask of all values
// together.
bool matches(const Definitions& definitions, const Criterion& criterion, const Operand& operand,
             const Value& value);

}  // namespace tasuki::fhir::search
