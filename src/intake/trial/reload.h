// A changed mapping folder into force, without a restart.
//
// Refused as a whole, and yesterday's mappings stay in force, when: a line is wrong; a mapping's
// text changed and its version did not (every resource remembers by which version it was made, so
// two texts must not bear one name); a sample beside a mapping does not become what is written.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "intake/current.h"
#include "intake/trial/examples.h"

namespace tasuki::intake::trial {

struct Reload {
  bool changed = false;               // false: nothing was different, or it was refused
  std::vector<std::string> mappings;  // name and versions of what changed: "lab-results-oul 1 -> 2"
  std::vector<Problem> problems;
};

class Reloader {
 public:
  explicit Reloader(CurrentMappings current) : current_(std::move(current)) {}

  Reload reload();
  // Looks at the folder's files first, and does nothing while none was written.
  Reload reload_if_written();
  Reload last() const {
    return last_.with([](const Reload& reload) { return reload; });
  }
  std::shared_ptr<const Mappings> mappings() const { return current_.get(); }

 private:
  CurrentMappings current_;
  std::mutex one_at_a_time_;
  std::string seen_;  // names and times of the files at the last look
  Guarded<Reload> last_;
};

}  // namespace tasuki::intake::trial
