#include "record/identity/group.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tasuki::record {

namespace {

class Sets {
 public:
  explicit Sets(size_t count) : parents_(count) {
    for (size_t i = 0; i < count; ++i)
      parents_[i] = i;
  }
  size_t root(size_t i) {
    while (parents_[i] != i)
      i = parents_[i] = parents_[parents_[i]];
    return i;
  }
  void join(size_t a, size_t b) { parents_[root(b)] = root(a); }

 private:
  std::vector<size_t> parents_;
};

// What a person decided comes first; then the stronger link; then the keys, so that ties fall the
// same way always.
bool before(const Link& a, const Link& b) {
  const auto rank = [](const Link& link) {
    return std::tuple(link.decided_by.empty(), -link.score, link.left, link.right);
  };
  return rank(a) < rank(b);
}

}  // namespace

std::vector<std::vector<std::string>> groups_of(std::vector<GroupRecord> records,
                                                std::vector<Link> links) {
  std::ranges::sort(records, [](const auto& a, const auto& b) {
    return std::tie(a.order, a.id) < std::tie(b.order, b.id);
  });
  std::ranges::sort(links, before);
  std::map<std::string, size_t> place;
  for (size_t i = 0; i < records.size(); ++i)
    place[records[i].id] = i;

  std::set<std::pair<size_t, size_t>> apart;
  for (const auto& link : links) {
    if (link.band != Band::apart || !place.contains(link.left) || !place.contains(link.right))
      continue;
    apart.emplace(place[link.left], place[link.right]);
  }
  Sets sets(records.size());
  const auto held_apart = [&](size_t a, size_t b) {
    return std::ranges::any_of(apart, [&](const auto& pair) {
      const size_t left = sets.root(pair.first), right = sets.root(pair.second);
      return (left == a && right == b) || (left == b && right == a);
    });
  };
  for (const auto& link : links) {
    if (link.band != Band::link || !place.contains(link.left) || !place.contains(link.right))
      continue;
    const size_t a = sets.root(place[link.left]), b = sets.root(place[link.right]);
    if (a == b || held_apart(a, b)) continue;
    sets.join(std::min(a, b), std::max(a, b));
  }

  std::map<size_t, std::vector<std::string>> groups;
  for (size_t i = 0; i < records.size(); ++i)
    groups[sets.root(i)].push_back(records[i].id);
  std::vector<std::vector<std::string>> all;
  for (auto& [root, group] : groups)
    all.push_back(std::move(group));
  return all;
}

}  // namespace tasuki::record
