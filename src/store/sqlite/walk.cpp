#include "store/sqlite/walk.h"

namespace tasuki::store::sqlite {

Walk::Walk(Candidates candidates, const Pending* pending, const Node& where, Bounds bounds)
    : candidates_(std::move(candidates)), pending_(pending) {
  if (!pending) return;
  for (const auto& [record, entry] : pending->entries()) {
    const bool is_within = record >= bounds.from && record <= bounds.to;
    if (!entry.deleted && is_within && entry.matches(where, record)) written_.push_back(record);
  }
}

Result<std::optional<uint64_t>> Walk::next() {
  if (!ahead_ && !ended_) TRY(advance());
  written_now_ = !written_.empty() && (!ahead_ || written_.back() > *ahead_);
  if (!written_now_) return std::exchange(ahead_, std::nullopt);
  const auto record = written_.back();
  written_.pop_back();
  return std::optional(record);
}

Result<void> Walk::advance() {
  do {
    ahead_ = TRY(candidates_.next());
  } while (ahead_ && pending_ && pending_->has(*ahead_));
  ended_ = !ahead_;
  return {};
}

}  // namespace tasuki::store::sqlite
