#include "intake/replay/difference.h"

#include <fmt/format.h>

#include "json/print.h"

namespace tasuki::intake {
namespace {

std::string shown(const json::Value* value) {
  std::string text;
  if (value != nullptr) json::print(*value, text);
  return text;
}

class Differ {
 public:
  Differ(size_t count_max, std::vector<ElementDifference>& out)
      : count_max_(count_max), out_(out) {}

  // Either may be absent, not both.
  void compare(const json::Value* before, const json::Value* after) {
    if (out_.size() >= count_max_) return;
    const bool same_kind = before != nullptr && after != nullptr && before->kind() == after->kind();
    if (same_kind && before->is_object()) return members(*before, *after);
    if (same_kind && before->is_array()) return items(*before, *after);
    if (same_kind && json::equal(*before, *after)) return;
    out_.push_back({path_, shown(before), shown(after)});
  }

 private:
  void members(const json::Value& before, const json::Value& after) {
    for (const json::Member& member : before.members())
      below(path_.empty() ? std::string(member.name) : fmt::format(".{}", member.name),
            &member.value, after.find(member.name));
    for (const json::Member& member : after.members())
      if (before.find(member.name) == nullptr)
        below(path_.empty() ? std::string(member.name) : fmt::format(".{}", member.name), nullptr,
              &member.value);
  }

  void items(const json::Value& before, const json::Value& after) {
    const auto left = before.items(), right = after.items();
    for (size_t i = 0; i < std::max(left.size(), right.size()); ++i)
      below(fmt::format("[{}]", i), i < left.size() ? &left[i] : nullptr,
            i < right.size() ? &right[i] : nullptr);
  }

  void below(std::string_view step, const json::Value* before, const json::Value* after) {
    const size_t length = path_.size();
    path_ += step;
    compare(before, after);
    path_.resize(length);
  }

  size_t count_max_;
  std::vector<ElementDifference>& out_;
  std::string path_;
};

}  // namespace

std::vector<ElementDifference> differences(const json::Value& before, const json::Value& after,
                                           size_t count_max) {
  std::vector<ElementDifference> out;
  Differ(count_max, out).compare(&before, &after);
  return out;
}

std::string without_places(std::string_view path) {
  std::string plain;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) plain += c;
    if (c == ']') inside = false;
  }
  return plain;
}

}  // namespace tasuki::intake
