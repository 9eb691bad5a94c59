// Small things that the program itself has to remember from one start to the next: jobs,
// subscriptions' places in the change feed. In the encrypted store, never on a plain disk.
//
// Not for people's data, except where a job's answer waits to be fetched by who asked for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/door.h"

namespace tasuki::record {

struct Note {
  std::string key, value;
};

class Notebook {
 public:
  explicit Notebook(Door& door) : door_(door) {}

  Result<std::optional<std::string>> find(std::string_view key) const;
  // Those whose key begins so and comes after `after`, by key.
  Result<std::vector<Note>> all(std::string_view prefix, std::string_view after = {},
                                size_t count_max = 1000) const;
  Result<void> set(std::string_view key, std::string_view value);
  Result<void> set_all(const std::vector<Note>& notes);  // one commit
  Result<void> remove_all(const std::vector<std::string>& keys);

 private:
  Door& door_;
};

}  // namespace tasuki::record
