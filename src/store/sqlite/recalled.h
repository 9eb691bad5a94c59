// What is remembered, for one search: as of its own snapshot, and nothing for a unit of work, whose
// snapshot nobody else will ever see.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/sqlite/recall.h"
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

 private:
  explicit Recalled(Snapshot& snapshot) : snapshot_(&snapshot) {}

  Snapshot* snapshot_;
  Point at_;
  std::shared_ptr<const Columns> columns_;
};

}  // namespace tasuki::store::sqlite
