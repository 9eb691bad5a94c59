// A client's key for a request that must be carried out once, however often it is sent. The
// Idempotency-Key HTTP header field (draft-ietf-httpapi-idempotency-key-header).
//
// Layout: table "once" has <principal>|<key> -> instant TAB fingerprint TAB answer; the answer is
// empty until it is known. Table "once-at" has <instant>|<principal>|<key>, by which old keys are
// found: each new key takes a few that are past their time with it, so the tables stay as large as
// one day's keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tasuki::store {
class Reader;
class Writer;
}  // namespace tasuki::store

namespace tasuki::record {

constexpr size_t once_key_bytes_max = 255;
constexpr size_t once_answer_bytes_max = size_t{1024} * 1024;  // a longer one is not kept
constexpr auto once_time_max = std::chrono::hours(24);

struct Once {
  std::string fingerprint;  // of the request: the same key with another one is refused
  std::string answer;       // empty: carried out, but the answer was not kept
};

constexpr std::string_view once_again = "Idempotency-Key";  // location of the Error

// Inside the unit of work: conflict where the key was used before.
Result<void> take_once(store::Writer& writer, std::string_view key, std::string_view fingerprint,
                       Instant time);
Result<std::optional<Once>> find_once(store::Reader& reader, std::string_view key, Instant time);
Result<void> keep_once(store::Writer& writer, std::string_view key, std::string_view answer);

}  // namespace tasuki::record
