// $closure: a client keeps a table of "is below" over the codes it has met, and asks for the new
// rows. FHIR R4 conceptmap-operation-closure.html, terminology-service.html#closure
//
// A table is a value that grows in steps, one for each version. Whoever keeps tables keeps the
// steps' texts: taken in the order they were made, they are the table again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/terminology/operation/ask.h"
#include "fhir/terminology/terminology.h"

namespace tasuki::fhir::terminology {

class ClosureTable {
 public:
  using Code = std::pair<std::string, std::string>;  // system, code

  // The next step: the codes that are not there yet, and the rows between them and those that are.
  // The table stays as it is.
  Result<std::string> step(const Terminology& terms, const Ask& ask) const;
  Result<void> take(std::string_view step);

  size_t version() const { return version_; }                  // of steps taken
  std::string map(std::string_view name, size_t since) const;  // the rows after that version

 private:
  struct Row {
    std::string system, code, target;  // target: subsumes code
    size_t since = 0;
  };
  std::vector<Code> codes_;
  std::vector<Row> rows_;
  size_t version_ = 0;
};

}  // namespace tasuki::fhir::terminology
