// Which stored messages a replay takes, and what it found: as people ask and as it is kept.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "intake/unknown_code.h"
#include "json/value.h"
#include "record/message.h"

namespace tasuki::intake {

struct ReplayChoice {
  std::string feed;    // one: feeds do not mix in a batch
  std::string kind;    // "ORU^R01"; empty: all
  std::string person;  // the source's patient id
  std::string reason;  // its beginning
  std::optional<record::MessageState> state;
  UnknownCode unknown;        // named in the message's report; empty: whatever it says
  uint64_t from = 0, to = 0;  // numbers, inclusive; 0: open
  std::optional<Instant> since, until;
  std::string mappings;  // a folder among the candidates; empty: today's

  bool takes(const record::StoredMessage& message) const;
};

// Refuses what it does not know, by name.
Result<ReplayChoice> choice_of(const json::Value& asked);
json::Value json_of(const ReplayChoice& choice, json::Arena& arena);

struct ReplayCounts {
  uint64_t read = 0;                                // messages
  uint64_t now_done = 0, now_held = 0, failed = 0;  // whose state would change; not judged
  uint64_t same = 0, late = 0;                      // resources
  uint64_t create = 0, change = 0, withdraw = 0;
  uint64_t published = 0, refused = 0, undone = 0, kept = 0, messages = 0;
  std::map<std::string, uint64_t> by_type;     // "Observation change"
  std::map<std::string, uint64_t> by_element;  // "Observation.code.coding.code"
  std::map<std::string, uint64_t> by_line;     // "oru 1.2 line 12"
  std::map<std::string, uint64_t> by_reason;   // messages: "mapping.none: ... -> done"
};

json::Value json_of(const ReplayCounts& counts, json::Arena& arena);
ReplayCounts counts_of(const json::Value& kept);

}  // namespace tasuki::intake
