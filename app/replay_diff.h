// The half of `tasuki replay` that shows before it publishes.
#pragma once

#include "base/result.h"
#include "verbs.h"

namespace tasuki::app {

bool is_replay_with_difference(const Arguments& arguments);
// --diff --feed ID [--kind K] ... | --list | --show ID | --publish ID | --undo ID
Result<void> replay_with_difference(const Arguments& arguments);

}  // namespace tasuki::app
