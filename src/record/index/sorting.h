// What a search is sorted by: an ordered index where one is kept, else the value in the document.
// FHIR R4 search.html#sort
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/search/query.h"
#include "record/index/indexer.h"
#include "store/store.h"

namespace tasuki::record {

using TypeOf = std::function<fhir::TypeId(uint16_t kind)>;

// Dates, numbers, quantities, texts, _id and _lastUpdated are kept in order. Tokens stand by code
// and system, references by type and id, URIs as text; those are read from each document. A
// composite has no order and is refused.
Result<store::SortKey> sort_key(const Indexer& indexer, const std::vector<fhir::TypeId>& types,
                                const fhir::search::Sort& sort, std::string_view dates_part,
                                const TypeOf& type_of);

}  // namespace tasuki::record
