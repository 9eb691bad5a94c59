// Messages on their way out, until the other side has said that it has them. In the encrypted
// store, so that nothing is lost when the program stops.
//
// Order: of one person's messages to one destination each goes after the one before it. A person
// stands in one of 64 lanes, by name; lanes know nothing of each other.
//
// Layout: table "outbox" has <destination>|<lane>|<number> -> what is known of it, "outbox-bytes"
// <number> -> the message, "outbox-tray" <destination>|<number> what a person has to look at,
// "outbox-done" <destination>|<number> what was delivered, without its bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/door.h"

namespace tasuki::record {

constexpr unsigned outbox_lanes = 64;

struct OutboxMessage {
  uint64_t number = 0;  // given by the outbox; grows
  std::string destination, person, control_id;
  std::string source;  // where it came from: "message 17 of feed minato.adt"
  std::string bytes;   // empty in lists
  Instant queued;
  unsigned tries = 0;
  std::string problem;  // of the last try
  // The two legs: when it went out, and when and how the other side answered.
  Instant sent, answered;
  std::string answer;  // "AA"
};

unsigned lane_of(std::string_view person);

class Outbox {
 public:
  explicit Outbox(Door& door) : door_(door) {}

  // All in one commit, with the note (a key and its value in the Notebook) where given: whoever
  // walks through something to send it forgets and repeats nothing.
  Result<void> add(std::vector<OutboxMessage> messages,
                   const std::optional<std::pair<std::string, std::string>>& note = {});

  // Of one lane, in order, with bytes.
  Result<std::vector<OutboxMessage>> waiting(const std::string& destination, unsigned lane,
                                             size_t count_max) const;
  Result<uint64_t> waiting_count(const std::string& destination) const;
  Result<uint64_t> tray_count(const std::string& destination) const;

  Result<void> delivered(const OutboxMessage& message);  // forgets the bytes
  Result<void> set_aside(const OutboxMessage& message);  // into the tray; its lane goes on
  Result<std::vector<OutboxMessage>> tray(const std::string& destination, uint64_t after,
                                          size_t count_max) const;
  Result<std::vector<OutboxMessage>> done(const std::string& destination, uint64_t after,
                                          size_t count_max) const;
  // From the tray to where it stood in its lane, before all that came later. Nothing: all of them.
  Result<uint64_t> again(const std::string& destination, std::optional<uint64_t> number);

  // Forgets what was delivered before then; some of it a call.
  Result<size_t> prune(const std::string& destination, Instant before);

 private:
  Door& door_;
};

}  // namespace tasuki::record
