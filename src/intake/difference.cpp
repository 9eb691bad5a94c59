#include "intake/difference.h"

#include <algorithm>

#include <fmt/format.h>

#include "json/print.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr size_t differences_max = 1'000;

class Comparison {
 public:
  explicit Comparison(bool allows_more) : allows_more_(allows_more) {}
  void compare(const Value* before, const Value* after, const std::string& path);
  std::vector<Difference> take() { return std::move(found_); }

 private:
  void compare_objects(const Value& before, const Value& after, const std::string& path);
  void compare_arrays(const Value& before, const Value& after, const std::string& path);
  bool is_same(const Value& before, const Value& after) const;
  void add(const Value* before, const Value* after, const std::string& path);

  bool allows_more_;
  std::vector<Difference> found_;
};

std::string child_path(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

void Comparison::add(const Value* before, const Value* after, const std::string& path) {
  if (before == nullptr && allows_more_) return;
  if (found_.size() == differences_max) return;
  found_.push_back({path, before == nullptr ? std::string() : json::print(*before),
                    after == nullptr ? std::string() : json::print(*after)});
}

bool Comparison::is_same(const Value& before, const Value& after) const {
  if (!allows_more_) return json::equal(before, after);
  Comparison inner(true);
  inner.compare(&before, &after, {});
  return inner.found_.empty();
}

void Comparison::compare(const Value* before, const Value* after, const std::string& path) {
  const bool one_side = before == nullptr || after == nullptr;
  const Value& there = before != nullptr ? *before : *after;
  if (one_side && there.is_object() && there.size() > 0) {
    for (const auto& member : there.members())
      compare(before != nullptr ? &member.value : nullptr,
              after != nullptr ? &member.value : nullptr, child_path(path, member.name));
  } else if (one_side && there.is_array() && there.size() > 0) {
    for (size_t i = 0; i < there.size(); ++i)
      compare(before != nullptr ? &there.items()[i] : nullptr,
              after != nullptr ? &there.items()[i] : nullptr, fmt::format("{}[{}]", path, i));
  } else if (one_side) {
    add(before, after, path);
  } else if (before->is_object() && after->is_object()) {
    compare_objects(*before, *after, path);
  } else if (before->is_array() && after->is_array()) {
    compare_arrays(*before, *after, path);
  } else if (!json::equal(*before, *after)) {
    add(before, after, path);
  }
}

void Comparison::compare_objects(const Value& before, const Value& after, const std::string& path) {
  for (const auto& member : before.members())
    compare(&member.value, after.find(member.name), child_path(path, member.name));
  for (const auto& member : after.members())
    if (before.find(member.name) == nullptr)
      compare(nullptr, &member.value, child_path(path, member.name));
}

void Comparison::compare_arrays(const Value& before, const Value& after, const std::string& path) {
  std::vector<bool> used(after.size());
  std::vector<size_t> left;
  for (size_t i = 0; i < before.size(); ++i) {
    size_t same = 0;
    while (same < after.size() && (used[same] || !is_same(before.items()[i], after.items()[same])))
      ++same;
    if (same < after.size())
      used[same] = true;
    else
      left.push_back(i);
  }
  size_t next = 0;
  for (const size_t i : left) {
    while (next < after.size() && used[next])
      ++next;
    const bool has_other = next < after.size();
    compare(&before.items()[i], has_other ? &after.items()[next] : nullptr,
            fmt::format("{}[{}]", path, i));
    if (has_other) used[next] = true;
  }
  for (size_t i = 0; i < after.size(); ++i)
    if (!used[i]) compare(nullptr, &after.items()[i], fmt::format("{}[{}]", path, i));
}

std::vector<Difference> compared(const Value& before, const Value& after, bool allows_more) {
  Comparison comparison(allows_more);
  const Value& named = before.is_null() ? after : before;
  comparison.compare(before.is_null() ? nullptr : &before, after.is_null() ? nullptr : &after,
                     std::string(named.text_of("resourceType")));
  return comparison.take();
}

}  // namespace

std::vector<Difference> differences(const Value& before, const Value& after) {
  return compared(before, after, false);
}

std::vector<Difference> missing(const Value& wanted, const Value& made) {
  return compared(wanted, made, true);
}

}  // namespace tasuki::intake
