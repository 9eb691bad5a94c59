// A message as the store has it, handed out.
#pragma once

#include <optional>

#include "record/message.h"
#include "store/store.h"

namespace tasuki::record {

StoredMessage stored(store::Message&& message);

// Every message of the query, page by page: the newest is the last.
Result<std::optional<StoredMessage>> newest(store::Reader& reader, store::MessageQuery query);

}  // namespace tasuki::record
