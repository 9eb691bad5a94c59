// What the words of `tasuki feed` ask a running server for: one call each. docs/ops-api.md
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::app {

struct FeedCall {
  std::string_view method = "GET";
  std::string target, body = {};  // below /ops/api/
};

// Misused words are an Error that says all that there are.
Result<FeedCall> feed_call_of(const std::vector<std::string_view>& words);

}  // namespace tasuki::app
