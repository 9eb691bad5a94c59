// After an erasure: what the file still holds of it is overwritten.
//
// Why: a deleted document's terms stay in the segments of the inverted index until these are merged
// (its tombstones know no terms), and pages that became free keep what was on them. So: all
// segments are merged, the free pages are filled with zeros and given back, and the log is cut off.
// In slices between the groups, each a transaction; a kill goes on with it at the next start.
// Freed cells inside pages are zeroed as they are freed (secure_delete=FAST, connection.cpp).
#pragma once

#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {

class Scrub {
 public:
  enum class Progress : uint8_t { more, waits, done };  // waits: for readers to let the log go

  void begin() { phase_ = Phase::merging; }
  Result<Progress> step(Connection& connection);

  // Was an erasure's scrub left unfinished?
  static Result<bool> is_due(Connection& connection);

 private:
  enum class Phase : uint8_t { merging, counting, filling, cutting };
  Result<void> merge(Connection& connection);
  Result<void> count(Connection& connection);
  Result<void> fill(Connection& connection);

  Phase phase_ = Phase::merging;
  int64_t free_bytes_ = 0;  // still to be filled
};

}  // namespace tasuki::store::sqlite
