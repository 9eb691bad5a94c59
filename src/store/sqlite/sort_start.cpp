#include "store/sqlite/sort_start.h"

#include <algorithm>
#include <optional>

namespace tasuki::store::sqlite {
namespace {

// The ranges of a filter on values that no record has two of; false: there is more in it.
bool collect_only(const Node& node, std::vector<const Node*>& ranges) {
  if (node.op == Node::Op::range) {
    ranges.push_back(&node);
    return node.is_only;
  }
  return node.op == Node::Op::either &&
         std::all_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return collect_only(child, ranges); });
}

// Above every low end: low <= high < high_to.
const std::string& end_of(const Node& range) {
  if (range.low_to.empty()) return range.high_to;
  return range.high_to.empty() ? range.low_to : std::min(range.low_to, range.high_to);
}

std::optional<SortStart> start_in(const Node& filter, const SortKey& key) {
  std::vector<const Node*> ranges;
  if (!collect_only(filter, ranges)) return std::nullopt;
  SortStart start;
  bool is_of_group = false;
  for (const auto* range : ranges) {
    const bool is_first = !is_of_group;
    const bool in_group = range->group == key.group;
    is_of_group = is_of_group || in_group;
    if (key.descending) {
      if (end_of(*range).empty()) return std::nullopt;
      start.value = std::max(start.value, end_of(*range));
    } else if (!in_group) {
      start.before.push_back(range);
    } else if (range->low_from.empty()) {
      return std::nullopt;
    } else {
      start.value = is_first ? range->low_from : std::min(start.value, range->low_from);
    }
  }
  return is_of_group ? std::optional(std::move(start)) : std::nullopt;
}

}  // namespace

SortStart sort_start(const Plan& plan, const SortKey& key) {
  for (const auto* filter : plan.filters) {
    if (auto start = start_in(*filter, key)) return *std::move(start);
  }
  return {};
}

}  // namespace tasuki::store::sqlite
