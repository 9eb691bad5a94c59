// What a message is found by.
#pragma once

#include <vector>

#include "record/message.h"
#include "record/message_index.h"

namespace tasuki::intake {

// The source's patient id, order and filler numbers (ORC-2, ORC-3, OBR-2, OBR-3), codes of what was
// ordered, given, measured and diagnosed, MSH-10, and causes: why it waits, and what was found
// wanting.
std::vector<record::MessageTerm> terms_of(const record::StoredMessage& message);

}  // namespace tasuki::intake
