// The bytes of stored messages given up, when nobody needs them any more. Who decides that:
// intake/retention.
#pragma once

#include <cstdint>
#include <vector>

#include "record/door.h"

namespace tasuki::record {

// One commit. Rows, hashes, answers and reports stay. How many had bytes.
Result<uint64_t> forget_message_bytes(Door& door, const std::vector<uint64_t>& numbers);

}  // namespace tasuki::record
