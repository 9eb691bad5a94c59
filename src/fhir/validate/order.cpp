#include "fhir/validate/order.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <tuple>

namespace tasuki::fhir {
namespace {

// One step of a location: "name[0]". A choice stands there by its stem: "value" for valueQuantity.
struct LocationStep {
  std::string_view name;
  int index = -1;
};

std::vector<LocationStep> location_steps(std::string_view location) {
  std::vector<LocationStep> steps;
  bool is_first = true;
  while (!location.empty()) {
    const size_t dot = location.find('.');
    std::string_view one = location.substr(0, dot);
    location = dot == std::string_view::npos ? std::string_view() : location.substr(dot + 1);
    LocationStep step{one, -1};
    if (const size_t open = one.find('['); open != std::string_view::npos) {
      step.name = one.substr(0, open);
      std::from_chars(one.data() + open + 1, one.data() + one.size(), step.index);
    }
    if (!is_first) steps.push_back(step);
    is_first = false;
  }
  return steps;
}

bool is_named(std::string_view member, std::string_view name) {
  if (member.starts_with('_')) member.remove_prefix(1);
  if (!member.starts_with(name)) return false;
  return member.size() == name.size() || (member[name.size()] >= 'A' && member[name.size()] <= 'Z');
}

// The exact name before a choice's: "value" before "valueSet" is no matter, for no type has both.
template <class Members>
auto found_member(const Members& members, std::string_view name) {
  auto found = std::ranges::find_if(members, [&](const auto& one) { return one.name == name; });
  if (found != members.end()) return found;
  return std::ranges::find_if(members, [&](const auto& one) { return is_named(one.name, name); });
}

using Rank = std::vector<uint32_t>;

Rank rank_of(const json::Value& root, std::string_view location) {
  Rank rank;
  const json::Value* at = &root;
  for (const LocationStep& step : location_steps(location)) {
    const auto members = at->members();
    const auto found = found_member(members, step.name);
    if (found == members.end()) break;
    rank.push_back(static_cast<uint32_t>(found - members.begin()) + 1);
    at = &found->value;
    if (step.index < 0 || !at->is_array()) continue;
    if (static_cast<size_t>(step.index) >= at->size()) break;
    rank.push_back(static_cast<uint32_t>(step.index) + 1);
    at = &at->items()[static_cast<size_t>(step.index)];
  }
  return rank;
}

// A look through JSON text that is known to be JSON.
class TextWalk {
 public:
  explicit TextWalk(std::string_view text) : text_(text) {}

  // Where the value at the location begins, or the nearest above it that is there.
  size_t place_of(std::string_view location) {
    at_ = 0;
    skip_blank();
    size_t best = at_;
    for (const LocationStep& step : location_steps(location)) {
      if (!enter_member(step.name, best)) break;
      if (step.index >= 0 && !enter_item(step.index)) break;
      best = at_;
    }
    return best;
  }

 private:
  void skip_blank() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' ||
                                  text_[at_] == '\t' || text_[at_] == ',' || text_[at_] == ':'))
      ++at_;
  }
  std::string_view string() {
    const size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != '"')
      at_ += text_[at_] == '\\' ? 2U : 1U;
    const std::string_view found = text_.substr(start, std::min(at_, text_.size()) - start);
    ++at_;
    return found;
  }
  void skip_value() {
    skip_blank();
    size_t depth = 0;
    do {
      if (at_ >= text_.size()) return;
      const char letter = text_[at_];
      if (letter == '"') {
        string();
      } else {
        if (letter == '{' || letter == '[') ++depth;
        if (letter == '}' || letter == ']') {
          if (depth == 0) return;
          --depth;
        }
        ++at_;
        if (depth == 0 && letter != '}' && letter != ']') {
          while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']')
            ++at_;
          return;
        }
      }
    } while (depth > 0);
  }
  // To the value of the member; `key` is where its name stands.
  bool enter_member(std::string_view name, size_t& key) {
    if (at_ >= text_.size() || text_[at_] != '{') return false;
    const size_t start = ++at_;
    for (const bool is_exact : {true, false}) {
      at_ = start;
      for (skip_blank(); at_ < text_.size() && text_[at_] == '"'; skip_blank()) {
        const size_t here = at_;
        const std::string_view member = string();
        skip_blank();
        if (is_exact ? member == name : is_named(member, name)) {
          key = here;
          return true;
        }
        skip_value();
      }
    }
    return false;
  }
  bool enter_item(int index) {
    if (at_ >= text_.size() || text_[at_] != '[') return false;
    ++at_;
    skip_blank();
    for (int i = 0; i < index; ++i) {
      skip_value();
      skip_blank();
    }
    return at_ < text_.size() && text_[at_] != ']';
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Finding> in_order(const json::Value& root, std::vector<Finding> findings) {
  std::map<std::string_view, Rank> ranks;
  for (const Finding& one : findings) {
    if (!ranks.contains(one.location)) ranks[one.location] = rank_of(root, one.location);
  }
  std::vector<size_t> order(findings.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto key = [&](size_t number) {
    const Finding& one = findings[number];
    return std::tie(ranks.at(one.location), one.location, one.severity, one.rule, one.message);
  };
  std::ranges::stable_sort(order,
                           [&](size_t left, size_t right) { return key(left) < key(right); });
  // One rule that two profiles repeat, and one sentence that two walks say, is said once.
  const auto is_same = [&](size_t left, size_t right) {
    const Finding &one = findings[left], &other = findings[right];
    return one.location == other.location && one.severity == other.severity &&
           one.message == other.message;
  };
  std::vector<Finding> sorted;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || !is_same(order[i - 1], order[i])) sorted.push_back(findings[order[i]]);
  }
  return sorted;
}

void locate(std::string_view text, std::vector<Finding>& findings) {
  TextWalk walk(text);
  for (Finding& one : findings) {
    const size_t offset = walk.place_of(one.location);
    const std::string_view before = text.substr(0, offset);
    one.line = static_cast<unsigned>(std::ranges::count(before, '\n') + 1);
    const size_t newline = before.rfind('\n');
    one.column =
        static_cast<unsigned>(offset - (newline == std::string_view::npos ? 0 : newline + 1) + 1);
  }
}

bool is_valid(const std::vector<Finding>& findings) {
  return std::ranges::none_of(
      findings, [](const Finding& one) { return one.severity == Finding::Severity::error; });
}

}  // namespace tasuki::fhir
