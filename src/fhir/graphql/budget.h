// How much of an answer has been made: a query of a few fragments can ask for more than memory
// holds.
#pragma once

#include <cstddef>

#include <fmt/core.h>

#include "base/result.h"

namespace tasuki::fhir::graphql {

inline constexpr size_t values_max = 200'000;  // in one answer

class Budget {
 public:
  Result<void> take(size_t values) {
    taken_ += values;
    if (taken_ <= values_max) return {};
    return Error{
        Error::Kind::too_costly,
        fmt::format("The answer would hold more than {} values: ask for less.", values_max),
        {}};
  }

 private:
  size_t taken_ = 0;
};

}  // namespace tasuki::fhir::graphql
