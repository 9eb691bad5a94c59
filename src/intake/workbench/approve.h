// A person's word that a local code means a standard one: into the table, with who and why, in
// force at once.
//
// The tables are files that people read and keep under version control, so the word is a line of
// the file, and its history a file beside it (tables/history/NAME.csv: time, who, from, to, system,
// display, reason). Refused, and the file left as it was: a table or code that is not there, a code
// that stands in the table already, a folder that does not load with the new line.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "intake/trial/reload.h"

namespace tasuki::intake::workbench {

struct Approval {
  std::string table, from, to, system, display, who, reason;
};

Result<void> approve(trial::Reloader& reloader, const Approval& approval, Instant now);

struct HistoryLine {
  std::string time;
  Approval approval;
};
// Oldest first; empty where nobody has approved anything.
Result<std::vector<HistoryLine>> history_of(const trial::Reloader& reloader,
                                            const std::string& table);

}  // namespace tasuki::intake::workbench
