// The plan's candidates with what the unit of work under way has written, newest record first.
#pragma once

#include <optional>
#include <utility>

#include "store/sqlite/pending.h"
#include "store/sqlite/plan.h"

namespace tasuki::store::sqlite {

class Walk {
 public:
  Walk(Candidates candidates, const Pending* pending, const Node& where, Bounds bounds);

  Result<std::optional<uint64_t>> next();
  bool written_now() const { return written_now_; }  // the last one came from the pending entries

 private:
  Result<void> advance();

  Candidates candidates_;
  const Pending* pending_;
  Records written_;
  std::optional<uint64_t> ahead_;
  bool ended_ = false;
  bool written_now_ = false;
};

}  // namespace tasuki::store::sqlite
