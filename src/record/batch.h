// Changes worked out beforehand, shown to a person, made exactly as they were shown, and taken back
// as one.
//
// Why: a mapping that was mended changes what thousands of stored messages mean; nobody should have
// to trust that blindly or be unable to return (mapping.md, "Replay after a mapping fix"). An entry
// says which version it was compared with; where another stands by the time it is published or
// taken back, it is left alone, and the entry names who wrote it. Each slice is one commit with its
// progress, so that a kill leaves nothing half done and nothing done twice.
//
// Layout: table "batch-entry" has <batch>|<Type>/<id> -> the entry, "batch-message"
// <batch>|<number> -> what becomes of the message, "batch-cursor" <batch>|<work> -> how far it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/session.h"

namespace tasuki::record {

struct BatchEntry {
  enum class Action : uint8_t { create, change, withdraw };
  enum class State : uint8_t { planned, published, refused, undone, kept };
  Action action = Action::change;
  State state = State::planned;
  fhir::TypeId type = fhir::no_type;
  std::string id;
  uint32_t standing = 0;   // version it was compared with; 0: there never was one
  uint32_t published = 0;  // version that was made
  uint64_t message = 0;    // whose content it is
  std::string as_of, standing_as_of, hash, group, mapping;
  std::string refusal;  // refused, kept: why
  std::string note;     // the maker's own
  std::string body;     // what will stand
};

// What becomes of a message when its batch is published; what it was, for undo.
struct BatchMessage {
  uint64_t number = 0;
  MessageState state = MessageState::done;
  std::string reason, mapping, report;
  std::vector<std::pair<std::string, std::string>> checkpoints;
  std::string stands;       // hash of the report it had when it was read: else it is left alone
  bool is_blocked = false;  // one of its entries was refused: it stays as it was
};

// Whose the batch is: feeds do not mix.
struct BatchOwner {
  std::string id, feed, organisation;
};

struct BatchSlice {
  uint64_t done = 0, refused = 0;  // entries
  uint64_t messages = 0;
  bool is_last = false;
};

class Batch {
 public:
  Batch(Door& door, BatchOwner owner) : door_(door), owner_(std::move(owner)) {}

  // One commit. An entry replaces the one there was for its record.
  Result<void> plan(const std::vector<BatchEntry>& entries,
                    const std::vector<std::pair<fhir::TypeId, std::string>>& no_more,
                    const std::vector<BatchMessage>& messages);
  Result<std::optional<BatchEntry>> find(fhir::TypeId type, std::string_view id) const;
  // By record; `after` is "Observation/o1" or empty.
  Result<std::vector<BatchEntry>> entries(std::string_view after, size_t count_max) const;
  // The body that an entry was compared with; empty: there was none.
  Result<std::string> before(const BatchEntry& entry) const;

  // The next slice, for and on the responsibility of `by`. Entries first, then messages.
  Result<BatchSlice> publish_some(Session& by);
  Result<BatchSlice> undo_some(Session& by);
  // Forgets the next part of it; true: there is nothing left.
  Result<bool> forget_some();

 private:
  friend class BatchWork;
  Door& door_;
  BatchOwner owner_;
};

}  // namespace tasuki::record
