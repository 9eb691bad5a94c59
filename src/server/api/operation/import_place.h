// How far an import has come, so that after a kill it goes on instead of beginning again.
//
// Threads make pieces ready beside one another, so they end in any order; the place is before the
// first piece that has not ended. What was committed behind it is read once more and is unchanged.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "record/import.h"

namespace tasuki::server::api {

struct ImportPlace {
  size_t input = 0;    // of the manifest
  uint64_t bytes = 0;  // of it, that are done with
  uint64_t line = 1;   // the next
};

// The job's account of it. Not for several threads at once: as record::ImportSource is called.
class ImportProgress {
 public:
  // text: as written by print(); empty: from the beginning. invalid: not such a text.
  static Result<ImportProgress> parse(std::string_view text);
  std::string print() const;  // the place, what was counted up to it, the errors told

  const ImportPlace& place() const { return place_; }
  const record::ImportCounts& counts() const { return counts_; }  // up to the place
  const std::string& errors() const { return errors_; }           // NDJSON, up to the place

  // This thread's piece before has ended; it now has one that ends at `after`. Nothing: no more.
  void begin(std::optional<ImportPlace> after);
  // This thread's piece has come further.
  void counted(const record::ImportCounts& so_far);
  void failed(std::string outcome);  // one line
  void finish();                     // all pieces have ended

 private:
  struct Piece {
    size_t number = 0;
    ImportPlace after;
    record::ImportCounts counts;
    std::string errors;
  };
  void end(Piece piece);
  void keep_errors(const std::string& lines);

  ImportPlace place_;
  record::ImportCounts counts_;
  std::string errors_;
  size_t errors_count_ = 0;
  record::ImportCounts seen_;  // of all threads together
  std::map<std::thread::id, Piece> open_;
  std::map<size_t, Piece> ended_;  // behind one that has not
  size_t next_ = 0, first_ = 0;    // numbers: of the next piece, of the first that has not ended
};

}  // namespace tasuki::server::api
