// From a mapping's text to a Program, checked against the FHIR definitions and the shape of HL7 v2
// messages.
//
// Refused, with file and line: an element or type that does not exist, a value of the wrong type, a
// required element without a line, a resource without `key`, a table look-up without `else`, a code
// outside a required value set, a segment or field number HL7 v2.5 does not have, a reference to a
// type the element does not allow. The language: docs/mapping-language.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "intake/mapping/program.h"

namespace tasuki::intake {

using Tables = std::map<std::string, std::unique_ptr<const Table>, std::less<>>;

struct Library {
  const fhir::Definitions* definitions = nullptr;
  const Tables* tables = nullptr;
  std::function<Result<std::string>(std::string_view name)> text_of;  // of `use NAME`
};

// `problems`: everything wrong with the file is added to it, not only the first that is returned.
Result<Program> compile(std::string_view file, std::string_view text, const Library& library,
                        std::vector<Error>* problems = nullptr);

std::vector<std::string> cells_of(std::string_view csv_line);  // RFC 4180, within one line
Result<Table> read_table(std::string_view name, std::string_view csv);

}  // namespace tasuki::intake
