// The word of `tasuki feed` that needs no server.
#pragma once

#include "base/result.h"
#include "verbs.h"

namespace tasuki::app {

// propose FOLDER: prints what the samples are, and the settings and the mapping they suggest.
Result<void> propose_feed(const Arguments& arguments);

}  // namespace tasuki::app
