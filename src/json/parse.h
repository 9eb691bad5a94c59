// JSON text to a tree, and why not.
//
// Refused, with line and column: anything outside RFC 8259, bytes that are not UTF-8, a member that
// stands twice, more bytes or deeper nesting than allowed. Numbers keep their text.
#pragma once

#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace tasuki::json {

struct Limits {
  size_t bytes_max = size_t{64} * 1024 * 1024;
  unsigned depth_max = 64;
};

Result<Document> parse(std::string_view text, Limits limits = {});

}  // namespace tasuki::json
