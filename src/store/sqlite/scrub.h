// After an erasure: what the file still holds of it is overwritten.
//
// Why: a deleted document's terms stay in the segments of the inverted index until these are merged
// (its tombstones know no terms), and the log keeps former pages. So: all segments are merged, then
// the log is cut off. In slices between the groups, each a transaction; a kill goes on with it at
// the next start. Cells and pages are zeroed as they are freed (secure_delete, connection.cpp).
#pragma once

#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {

class Scrub {
 public:
  enum class Progress : uint8_t { more, waits, done };  // waits: for readers to let the log go

  void begin() { merged_ = false; }
  Result<Progress> step(Connection& connection);

  // Was an erasure's scrub left unfinished?
  static Result<bool> is_due(Connection& connection);

 private:
  bool merged_ = false;
};

}  // namespace tasuki::store::sqlite
