// Who each record is of and about, by record number: what consent asks, without reading rows.
//
// Never changed once others see it: a later state is a copy that shares what stayed the same. It
// also keeps the latest changes of the log, so that whatever else is remembered can catch up.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/record_set.h"

namespace tasuki::store::sqlite {

struct About {
  uint64_t owner = 0, subject = 0;
  uint16_t kind = 0;
  bool lives = false;
};

class Columns {
 public:
  struct Change {
    uint64_t sequence = 0, record = 0;
  };

  // Everything, in the connection's snapshot.
  static Result<Columns> read(Connection& connection, uint64_t newest);
  // With what the log says since.
  Result<Columns> caught_up(Connection& connection, uint64_t newest) const;

  uint64_t as_of() const { return as_of_; }            // sequence
  uint64_t record_max() const { return record_max_; }  // the newest record's number
  // Nothing: its row has to be read.
  std::optional<About> find(uint64_t record) const;
  // The living records of a kind, by owner: use(owner, set) for each. Who is admitted to all that
  // an owner has counts them without asking for one after the other.
  template <class Use>
  void each_living(uint16_t kind, Use&& use) const;
  // The records that changed after the sequence, ascending, each once; nothing: too many since.
  std::optional<std::vector<uint64_t>> changed_since(uint64_t sequence) const;

 private:
  static constexpr size_t block_records = 4096;
  // Column by column: a walk over many records runs along them.
  struct Block {
    std::array<uint16_t, block_records> kinds{};
    std::array<uint8_t, block_records> states{};
    std::array<uint32_t, block_records> owners{}, subjects{};
  };

  void set(uint64_t record, const Query& row, int first);
  RecordSet& living(const About& about);  // for this state's own changes

  uint64_t as_of_ = 0, record_max_ = 0;
  std::vector<std::shared_ptr<const Block>> blocks_;
  std::map<std::pair<uint16_t, uint64_t>, std::shared_ptr<const RecordSet>> living_;
  std::vector<Change> recent_;  // ascending
  uint64_t recent_from_ = 0;    // every change after this sequence is among them
};

// ---- inline

template <class Use>
void Columns::each_living(uint16_t kind, Use&& use) const {
  for (auto one = living_.lower_bound({kind, 0}); one != living_.end() && one->first.first == kind;
       ++one)
    use(one->first.second, *one->second);
}

}  // namespace tasuki::store::sqlite
