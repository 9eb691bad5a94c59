#include "intake/trial/versions.h"

#include <algorithm>

namespace tasuki::intake::trial {
namespace {

std::string without_numbers(std::string_view path) {
  std::string plain;
  bool inside = false;
  for (const char c : path) {
    inside = inside || c == '[';
    if (!inside) plain += c;
    if (c == ']') inside = false;
  }
  return plain;
}

std::string outcome_of(const Converted& made) {
  constexpr std::string_view states[] = {"done", "held", "refused"};
  std::string text(states[static_cast<size_t>(made.state)]);
  return made.reason_code.empty() ? text : text + " " + made.reason_code;
}

const Made* find(const Converted& made, const Made& other) {
  const auto found = std::ranges::find_if(made.resources, [&](const Made& one) {
    return one.type == other.type && one.id == other.id;
  });
  return found == made.resources.end() ? nullptr : &*found;
}

std::string name_of(const Made& made) {
  return std::string(made.resource.text_of("resourceType")) + "/" + made.id;
}

void compare_message(std::string_view name, const Converted& before, const Converted& after,
                     Comparison& out) {
  const size_t known = out.changes.size();
  if (outcome_of(before) != outcome_of(after))
    out.changes.push_back(
        {std::string(name), {}, {{"state", outcome_of(before), outcome_of(after)}}});
  const auto note = [&](const Made& named, const json::Value& left, const json::Value& right) {
    auto found = differences(left, right);
    if (!found.empty())
      out.changes.push_back({std::string(name), name_of(named), std::move(found)});
  };
  for (const Made& one : before.resources) {
    const Made* const other = find(after, one);
    note(one, one.resource, other == nullptr ? json::Value() : other->resource);
  }
  for (const Made& one : after.resources)
    if (find(before, one) == nullptr) note(one, json::Value(), one.resource);
  ++out.messages;
  if (out.changes.size() == known) ++out.same;
}

}  // namespace

std::map<std::string, size_t> Comparison::by_element() const {
  std::map<std::string, size_t> counts;
  for (const Change& change : changes)
    for (const Difference& one : change.differences)
      ++counts[without_numbers(one.path)];
  return counts;
}

void compare(std::string_view name, std::string_view bytes, const ConvertSettings& settings,
             const Mappings& before, const Mappings& after, Comparison& out) {
  const auto left = convert_all(bytes, settings, before),
             right = convert_all(bytes, settings, after);
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    compare_message(name, left[i], right[i], out);
}

}  // namespace tasuki::intake::trial
