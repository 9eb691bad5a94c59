// Fewer segments of the inverted index, made while nobody writes.
//
// Why: each group that is committed leaves a segment, and FTS5 merges only some of them while it
// writes; a million records lie in a dozen. Who looks a term up looks into each: a list of ten
// records then costs as much as one of ten thousand. When writing rests, all are merged into one,
// a slice at a time, each a transaction of a few milliseconds; what is half done is gone on with.
#pragma once

#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {

// Merges all segments into one, as far as so many pages of output go; false: there is but one. Also
// what would not need it: FTS5's 'optimize', a piece at a time (FTS5 documentation, 6.7, 'merge').
Result<bool> merge_piece(Connection& connection, int pages);

class Merge {
 public:
  void begin() { decided_ = false; }          // the segments have changed
  Result<bool> step(Connection& connection);  // false: nothing is left to do

 private:
  bool decided_ = false;
};

}  // namespace tasuki::store::sqlite
