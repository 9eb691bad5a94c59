// The words of `tasuki feed` that need no server.
#pragma once

#include "base/result.h"
#include "verbs.h"

namespace tasuki::app {

// propose FOLDER: prints what the samples are, and the settings and the mapping they suggest.
Result<void> propose_feed(const Arguments& arguments);

// confirm FOLDER --id ID --organisation N --name NAME …: the proposal with a person's answers, put
// behind what stands in the settings file; a file that would no longer be read stays as it was.
Result<void> confirm_feed(const Arguments& arguments);

}  // namespace tasuki::app
