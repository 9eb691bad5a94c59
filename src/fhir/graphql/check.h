// Is a query one that can be answered? Every name in it is looked at before anything is read, so
// that a misspelt field is told of even where no data stands (law 6). GraphQL June 2018, section 5
#pragma once

#include "fhir/graphql/field.h"

namespace tasuki::fhir::graphql {

// The operation that is meant; name: may be empty where there is one only.
Result<const Operation*> operation_of(const Document& document, std::string_view name);

// root: of the system, or the type of the instance that is asked.
Result<void> check(const Definitions& definitions, const Document& document,
                   const Operation& operation, const Scope& root);

}  // namespace tasuki::fhir::graphql
