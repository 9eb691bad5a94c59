// $closure: a client keeps a table of "is below" over the codes it has met, and asks for the new
// rows. FHIR R4 conceptmap-operation-closure.html, terminology-service.html#closure
#pragma once

#include <map>

#include "base/guarded.h"
#include "fhir/terminology/operation/operation.h"

namespace tasuki::fhir::terminology {

// The tables by owner and name, in memory: a client whose table is gone after a restart is told so
// and starts again, as the standard has it.
class ClosureTables {
 public:
  Reply closure(const Snapshot& terms, const Ask& ask, std::string_view owner);

 private:
  struct Row {
    std::string system, code, target;  // target: subsumes code
    size_t since = 0;
  };
  struct Table {
    std::vector<std::pair<std::string, std::string>> codes;  // system, code
    std::vector<Row> rows;
    size_t version = 0;
    uint64_t used = 0;
  };
  static void extend(const Terminology& terms, Table& table, std::string_view system,
                     std::string_view code);
  static std::string map_of(const Table& table, std::string_view name, size_t since);

  struct Tables {
    std::map<std::string, Table> all;
    uint64_t uses = 0;
  };
  Guarded<Tables> tables_;
};

}  // namespace tasuki::fhir::terminology
