// How long a posting list is, judged from a piece of it.
//
// Why no counters: one row more a term would cost a write for each of the thirty terms of a
// resource. A list that ends within the piece is known exactly, and small lists are the ones that
// decide. Of a long one the newest records and some from the middle tell how densely it lies among
// all records; a search needs to know whether it holds a hundredth or a half of them, not more.
#pragma once

#include <string>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/plan.h"

namespace tasuki::store::sqlite {

// So many entries of lists that are to be remembered are read while somebody waits: 50 ms, once.
constexpr uint64_t read_max = 1'000'000;
constexpr size_t newest_max = 512;  // as many entries as cost what finding the list costs: 50 us

Result<Sample> sample(Connection& connection, const std::string& expression);

}  // namespace tasuki::store::sqlite
