// The closure tables of $closure, each of the one who began it, in the store: a client that comes
// back after a restart goes on where it was. FHIR R4 terminology-service.html#closure
//
// Notes: "closure|<owner>|<name>" -> "<id> <when it was last written>";
// "closure-step|<id>|<number>" -> a step of the table. A step and the head above it are one commit.
#pragma once

#include <map>
#include <string>

#include "base/guarded.h"
#include "fhir/terminology/operation/closure.h"
#include "fhir/terminology/operation/operation.h"
#include "record/notebook.h"

namespace tasuki::server::api {

class Closures {
 public:
  explicit Closures(record::Door& door) : notebook_(door) {}

  // The name alone begins a table, in place of one of that name; with concepts it grows; with a
  // version the rows since then are sent again.
  Result<std::string> answer(const fhir::terminology::Snapshot& terms,
                             const fhir::terminology::Ask& ask, std::string_view owner);

 private:
  struct Table {
    std::string id;
    fhir::terminology::ClosureTable rows;
  };
  using Tables = std::map<std::string, Table>;  // those that were asked for, by key of the head

  Result<void> begin(const std::string& key, Tables& tables);
  Result<Table*> find(const std::string& key, std::string_view name, Tables& tables);
  Result<void> forget(const record::Note& head);
  Result<void> make_room();

  record::Notebook notebook_;
  Guarded<Tables> tables_;
};

}  // namespace tasuki::server::api
