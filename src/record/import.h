// Very many resources at once: what $import and a first load hand over. See Session::import_lines.
//
// Why beside write_all: a million lines are no transaction. Each line stands for itself, one that
// is refused is told and the others stand, and thousands share a unit of work, its audit entries
// and its index segment. Everything else is as for any write: roles, validation, owner, consent,
// index; what a unit committed is found by the next search.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "fhir/model/definitions.h"

namespace tasuki::record {

// Some lines of NDJSON, whole ones: one resource a line. About a megabyte makes good units of work.
struct ImportPiece {
  std::string text;
  std::string source;                 // as failures name it: a url, a file
  uint64_t line = 1;                  // number of the first line
  fhir::TypeId type = fhir::no_type;  // what each line must be; no_type: anything
  // Set: a resource without an id gets one named after this, the source and the line, so that the
  // same import once more makes nothing twice. Empty: a random one.
  std::string id_space;
};

struct ImportFailure {
  std::string source;
  uint64_t line = 0;
  Error error;
};

struct ImportCounts {
  uint64_t created = 0, updated = 0, unchanged = 0, failed = 0;
  uint64_t bytes = 0;  // of the lines
};

struct ImportSettings {
  size_t threads = 2;  // that make lines ready, the caller's among them
  std::string
      organisation;  // responsible for the resources; empty: the principal's. Role system only
};

// Where the lines come from. None of its functions is called by two threads at once.
class ImportSource {
 public:
  virtual ~ImportSource() = default;
  // The next lines; nothing at the end. An Error ends the import; what was committed stands.
  virtual Result<std::optional<ImportPiece>> next() = 0;
  virtual void failed(const ImportFailure& failure) = 0;
  // After each commit. False ends the import.
  virtual bool committed(const ImportCounts& so_far) = 0;
};

}  // namespace tasuki::record
