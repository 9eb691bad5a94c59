// How long a posting list is, judged from a piece of it.
//
// Why no counters: one row more a term would cost a write for each of the thirty terms of a
// resource. A list that ends within the piece is known exactly, and small lists are the ones that
// decide. Of a long one the newest records and some from the middle tell how densely it lies among
// all records; a search needs to know whether it holds a hundredth or a half of them, not more.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/plan.h"

namespace tasuki::store::sqlite {

struct Sample {
  Records newest;         // ascending
  uint64_t expected = 0;  // records in the whole list
  bool is_whole = false;  // newest holds all of them
};

Result<Sample> sample(Connection& connection, const std::string& expression);

}  // namespace tasuki::store::sqlite
