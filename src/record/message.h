// Inbound messages as they came, what became of them, and where each feed stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace tasuki::record {

// done: its resources are committed. held: waits for a person (inbox). refused: cannot be carried,
// answered so. shadow: converted and judged, and published by nobody: its feed is in the shadow.
enum class MessageState : uint8_t { done, held, refused, shadow };

struct StoredMessage {
  uint64_t number = 0;
  std::string feed, control_id, kind, group;
  Instant received;
  std::string bytes;  // byte for byte; empty when not asked for
  MessageState state = MessageState::done;
  std::string reason, answer, mapping, report;
};

struct MessageSearch {
  std::optional<std::string> feed, control_id, reason_prefix;
  std::optional<std::string> same_bytes;  // messages with exactly these bytes
  std::optional<MessageState> state;
  uint64_t after = 0, before = uint64_t{1} << 62;  // numbers, exclusive
  bool newest_first = false;
  size_t count_max = 100;
  bool with_bytes = false;
};

}  // namespace tasuki::record
