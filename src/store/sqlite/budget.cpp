#include "store/sqlite/budget.h"

#include <algorithm>

#include <fmt/core.h>

namespace tasuki::store::sqlite {

void Budget::begin(std::string_view part, std::string_view by) {
  const auto found = std::find_if(steps_.begin(), steps_.end(), [&](const SearchStep& step) {
    return step.part == part && step.by == by;
  });
  now_ = static_cast<size_t>(found - steps_.begin());
  if (found == steps_.end()) steps_.push_back({std::string(part), std::string(by), {}, 0});
}

void Budget::expect(uint64_t records) {
  if (now_ < steps_.size()) steps_[now_].expected = records;
}

Result<void> Budget::spend(size_t count) {
  if (now_ < steps_.size()) steps_[now_].looked_at += count;
  if (count <= left_) {
    left_ -= count;
    return {};
  }
  const auto costliest = std::max_element(
      steps_.begin(), steps_.end(),
      [](const SearchStep& a, const SearchStep& b) { return a.looked_at < b.looked_at; });
  const auto where = costliest == steps_.end() ? std::string()
                                               : fmt::format(", most of them for {} ({})",
                                                             costliest->part, costliest->by);
  return Error{Error::Kind::too_costly,
               fmt::format("The search would look at more than {} records{}; add a criterion that "
                           "fewer have.",
                           max_, where),
               costliest == steps_.end() ? std::string() : costliest->part};
}

}  // namespace tasuki::store::sqlite
