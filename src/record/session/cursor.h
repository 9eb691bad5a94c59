// Where the next page begins, as text for a link. Sealed with the index key, so that a reader can
// neither read nor make one up, and bound to the question it came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/index/term.h"
#include "store/store.h"

namespace tasuki::record {

std::string print_cursor(HashKey key, std::string_view question, const store::Cursor& cursor);
Result<store::Cursor> parse_cursor(HashKey key, std::string_view question, std::string_view text);

}  // namespace tasuki::record
