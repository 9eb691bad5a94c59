// Whom the records of an `about` node are about, as far as the reader may see them; by columns
// alone, so that without them the node tells nothing.
#include <algorithm>
#include <limits>

#include "store/sqlite/plan.h"

namespace tasuki::store::sqlite {
namespace {

constexpr uint64_t newest = std::numeric_limits<int64_t>::max();

}  // namespace

// What the child's record tells, if it is meant at all. Once nothing can be told, nothing is asked.
void Planner::take_subject(Subjects& about, const Search& far, uint64_t record) {
  if (about.is_anybody) return;
  const auto one = recalled_.columns()->find(record);
  if (!one) {
    about.is_anybody = true;
    return;
  }
  const bool is_meant = one->lives && one->subject != 0 &&
                        (far.kinds.empty() || std::find(far.kinds.begin(), far.kinds.end(),
                                                        one->kind) != far.kinds.end()) &&
                        (!far.admits || far.admits(one->owner, one->subject));
  if (!is_meant) return;
  if (one->subject == about.unsure)
    about.is_anybody = true;
  else
    about.add(one->subject);
}

Result<void> Planner::add_about(Plan& plan, const Node& node) {
  Subjects about;
  about.is_anybody = recalled_.columns() == nullptr || node.children.size() != 1;
  about.unsure = TRY(snapshot_.number_of(node.bytes));
  if (!about.is_anybody) TRY(find_subjects(about, node));
  plan.about.push_back(std::move(about));
  return {};
}

Result<void> Planner::find_subjects(Subjects& about, const Node& node) {
  Search far;
  far.kinds = node.kinds;
  far.admits = search_.admits;
  Planner planner(snapshot_, recalled_, far, budget_);
  auto inner = TRY(planner.plan(node.children.front()));
  TRY(planner.choose_driver(inner, {.hits = 0, .is_whole = true, .is_sorted = false}));
  budget_.begin(node.part, "whom the others are about");
  const bool asks_more = !inner.filters.empty() || !inner.not_filters.empty() ||
                         !inner.not_sets.empty() || !inner.about.empty();
  if (inner.remembered && !inner.set && !asks_more) {
    size_t looked_at = 0;
    inner.remembered->each_down_from(newest, [&](uint64_t record) {
      ++looked_at;
      take_subject(about, far, record);
    });
    return budget_.spend(looked_at);
  }
  auto candidates = TRY(Candidates::open(snapshot_, recalled_, inner, {0, newest}, budget_));
  while (const auto record = TRY(candidates.next())) {
    TRY(budget_.spend(1));
    const auto row = asks_more ? TRY(snapshot_.candidate(*record)) : std::nullopt;
    const bool passes =
        !asks_more || (row && inner.passes(*record, row->ordered) && inner.is_about(row->subject));
    if (passes) take_subject(about, far, *record);
  }
  return {};
}

}  // namespace tasuki::store::sqlite
