// Which stored messages speak of a person, an order, a code, a cause: by posting, newest first.
//
// Derived (law 7): made behind the feeds' back from the messages themselves, forgotten and made
// again at any time. What it says is looked up in the message before it is shown, so that an entry
// that has aged misleads nobody.
//
// Layout: table "message-index" has <kind><value>\x1f<8 bytes: the number, counted down> ->
// nothing, so that one range of keys is one value's messages, newest first.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/door.h"

namespace tasuki::record {

struct MessageTerm {
  enum class Kind : char { person = 'p', order = 'o', code = 'c', cause = 'r', control = 'm' };
  Kind kind = Kind::person;
  std::string value;
};

struct MessageHits {
  std::vector<uint64_t> numbers;  // newest first
  bool is_cut = false;            // more was there than could be looked at
  uint64_t looked_to = 0;         // the last number looked at
};

class MessageIndex {
 public:
  explicit MessageIndex(Door& door) : door_(door) {}

  Result<uint64_t> indexed_to() const;  // number of the newest message that is in it
  struct Entry {
    uint64_t number = 0;
    std::vector<MessageTerm> terms;
  };
  // One commit, with how far it goes.
  Result<void> add(const std::vector<Entry>& entries, uint64_t up_to);

  // Messages with all these terms and a number in [from, below); 0: open. `terms` begins with the
  // one that says most: it is walked, the others are asked.
  Result<MessageHits> find(const std::vector<MessageTerm>& terms, uint64_t from, uint64_t below,
                           size_t count_max) const;

  Result<bool> forget_some();  // true: it is empty, and indexing begins anew

 private:
  Door& door_;
};

}  // namespace tasuki::record
