// The trace of what is done to the program itself: a feed paused, a replay published. Beside the
// entries that each change of the record leaves.
#pragma once

#include <string_view>

#include "record/session.h"

namespace tasuki::record {

Result<void> leave_operators_trace(Session& by, std::string_view what);

}  // namespace tasuki::record
