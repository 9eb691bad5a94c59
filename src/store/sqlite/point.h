// A state of the database, as a snapshot sees it: what is remembered between searches says as of
// which it was true.
#pragma once

#include <cstdint>

namespace tasuki::store::sqlite {

struct Point {
  uint64_t newest = 0;   // sequence of the newest version
  uint64_t indexed = 0;  // how often records were indexed anew without a new version
};

}  // namespace tasuki::store::sqlite
