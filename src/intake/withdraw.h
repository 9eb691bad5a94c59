// What a deleted source leaves behind: the same resources, marked as entered in error. Never a
// silent deletion, so that whoever saw the entry can see that it was taken back (ss-mix2.md 9:
// preferable for auditability).
#pragma once

#include "intake/convert.h"

namespace tasuki::intake {

void withdraw(const fhir::Definitions& definitions, Converted& converted);
void withdraw(const fhir::Definitions& definitions, json::Arena& arena, Made& made);

}  // namespace tasuki::intake
