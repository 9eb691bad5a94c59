#include "fhir/path/compare.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace tasuki::fhir::path {
namespace {

std::optional<double> number(const json::Value& value) {
  if (!value.is_number()) return std::nullopt;
  const auto text = value.text();
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

// Lower case, one blank for any run of white space, none outside. FHIRPath N1 6.1.2.
std::string loose(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// Deep, with numbers by value: 1.0 = 1.
bool same(const json::Value& left, const json::Value& right) {
  if (left.kind() != right.kind()) return false;
  if (left.is_number()) return left.text() == right.text() || number(left) == number(right);
  if (left.is_array()) return std::ranges::equal(left.items(), right.items(), same);
  if (!left.is_object()) return json::equal(left, right);
  if (left.size() != right.size()) return false;
  return std::ranges::all_of(left.members(), [&](const json::Member& member) {
    const auto* other = right.find(member.name);
    return other != nullptr && same(member.value, *other);
  });
}

}  // namespace

bool equal(const Item& left, const Item& right) {
  if (left.value.is_null() && right.value.is_null())
    return left.type == right.type && left.sibling == right.sibling;
  return same(left.value, right.value);
}

bool equivalent(const Item& left, const Item& right) {
  if (left.value.is_string() && right.value.is_string())
    return loose(left.value.text()) == loose(right.value.text());
  return equal(left, right);
}

std::optional<std::partial_ordering> order(const Item& left, const Item& right) {
  const auto a = number(left.value), b = number(right.value);
  if (a && b) return *a <=> *b;
  // ISO 8601 dates of one precision order as text does. Zones and unequal precision:
  // TODO(language), issue C.
  if (left.value.is_string() && right.value.is_string())
    return left.value.text() <=> right.value.text();
  return std::nullopt;
}

bool includes(std::span<const Item> items, const Item& item) {
  return std::ranges::any_of(items, [&](const Item& other) { return equal(item, other); });
}

}  // namespace tasuki::fhir::path
