#include "fhir/terminology/versions.h"

#include <algorithm>
#include <charconv>

namespace tasuki::fhir::terminology {
namespace {

std::string_view take_part(std::string_view& text) {
  const size_t end = text.find_first_of(".-+");
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return part;
}

bool is_number(std::string_view part) {
  return !part.empty() && part.size() < 18 &&
         std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

int order(std::string_view left, std::string_view right) {
  if (is_number(left) && is_number(right)) {
    uint64_t a = 0, b = 0;
    std::from_chars(left.data(), left.data() + left.size(), a);
    std::from_chars(right.data(), right.data() + right.size(), b);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return left.compare(right);
}

bool is_any(std::string_view part) {
  return part == "x" || part == "X" || part == "*";
}

}  // namespace

bool is_older(std::string_view left, std::string_view right) {
  while (!left.empty() && !right.empty()) {
    const int step = order(take_part(left), take_part(right));
    if (step != 0) return step < 0;
  }
  return left.empty() && !right.empty();
}

bool is_wildcard(std::string_view version) {
  while (!version.empty())
    if (is_any(take_part(version))) return true;
  return false;
}

bool matches_version(std::string_view pattern, std::string_view version) {
  if (pattern == version) return true;
  if (!is_wildcard(pattern)) return false;
  while (!pattern.empty()) {
    const std::string_view part = take_part(pattern);
    if (is_any(part) && pattern.empty()) return !version.empty();
    const std::string_view other = take_part(version);
    if (other.empty() || (!is_any(part) && part != other)) return false;
  }
  return version.empty();
}

Canonical Canonical::of(std::string_view text) {
  const size_t bar = text.find('|');
  if (bar == std::string_view::npos) return {text, {}};
  return {text.substr(0, bar), text.substr(bar + 1)};
}

std::string_view VersionRules::find(const std::vector<Rule>& rules, std::string_view url) {
  const auto rule = std::ranges::find(rules, url, &Rule::url);
  return rule == rules.end() ? std::string_view() : std::string_view(rule->version);
}

}  // namespace tasuki::fhir::terminology
