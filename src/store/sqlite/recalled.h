// What is remembered, for one search: as of its own snapshot, and nothing for a unit of work, whose
// snapshot nobody else will ever see.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/sqlite/ordered.h"
#include "store/sqlite/recall.h"
#include "store/sqlite/sample.h"
#include "store/sqlite/snapshot.h"

namespace tasuki::store::sqlite {

class Recalled {
 public:
  static Result<Recalled> of(Snapshot& snapshot) {
    Recalled recalled(snapshot);
    if (snapshot.pending()) return recalled;
    recalled.at_ = TRY(Recall::point(snapshot.connection()));
    recalled.columns_ = TRY(snapshot.recall().columns(snapshot.connection(), recalled.at_));
    return recalled;
  }

  const Columns* columns() const { return columns_.get(); }  // null: read the rows

  // Null: not remembered, and not to be read for it.
  Result<Recall::List> list(const std::string& expression, bool reads) const {
    if (!columns_) return Recall::List();
    return snapshot_->recall().list(snapshot_->connection(), *columns_, expression, at_, reads);
  }

  Result<Sample> sample(const std::string& expression) const {
    auto& connection = snapshot_->connection();
    return snapshot_->pending() ? sqlite::sample(connection, expression)
                                : snapshot_->samples().of(connection, expression, at_);
  }

  // As find_in_range; of a range that is known to have more entries than that, none is looked at.
  Result<Found> few_in(const Node& range, size_t count_max) const {
    auto& samples = snapshot_->samples();
    const bool remembers = !snapshot_->pending();
    if (remembers && samples.is_longer(range, count_max, at_))
      return Found{.records = {}, .looked_at = 0, .complete = false};
    auto found = TRY(find_in_range(snapshot_->connection(), range, count_max));
    if (remembers && !found.complete) samples.found_longer(range, count_max, at_);
    return found;
  }

 private:
  explicit Recalled(Snapshot& snapshot) : snapshot_(&snapshot) {}

  Snapshot* snapshot_;
  Point at_;
  std::shared_ptr<const Columns> columns_;
};

}  // namespace tasuki::store::sqlite
