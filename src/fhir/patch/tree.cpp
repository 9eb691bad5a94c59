#include "fhir/patch/tree.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace tasuki::fhir {
namespace {

// A number as sign, digits without zeros at either end, and the power of ten behind the first.
struct Plain {
  bool negative = false;
  std::string digits;
  long long exponent = 0;
  bool operator==(const Plain&) const = default;
};

Plain plain(std::string_view text) {
  Plain number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  const size_t mark = text.find_first_of("eE");
  if (mark != std::string_view::npos) {
    std::string_view power = text.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), number.exponent);
    text = text.substr(0, mark);
  }
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  number.digits = whole;
  if (point != std::string_view::npos) number.digits += text.substr(point + 1);
  number.exponent += static_cast<long long>(whole.size());
  const size_t first = number.digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  number.digits.erase(0, first);
  number.exponent -= static_cast<long long>(first);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  return number;
}

}  // namespace

// The depth is bounded by the parser's and by the check before each addition.
Extent extent_of(const json::Value& value) {
  Extent extent{1, 1};
  const auto add = [&](const json::Value& inner) {
    const Extent part = extent_of(inner);
    extent.nodes += part.nodes;
    extent.depth = std::max(extent.depth, part.depth + 1);
  };
  for (const json::Value& item : value.items())
    add(item);
  for (const json::Member& member : value.members())
    add(member.value);
  return extent;
}

void insert_at(json::Value& array, size_t index, json::Value item, json::Arena& arena) {
  array.push(arena, item);
  const auto items = array.items();
  std::rotate(items.begin() + static_cast<std::ptrdiff_t>(index), items.end() - 1, items.end());
}

void remove_at(json::Value& array, size_t index, json::Arena& arena) {
  json::Value rest = json::Value::array();
  const auto items = array.items();
  for (size_t i = 0; i < items.size(); ++i)
    if (i != index) rest.push(arena, items[i]);
  array = rest;
}

bool same_number(std::string_view left, std::string_view right) {
  return left == right || plain(left) == plain(right);
}

}  // namespace tasuki::fhir
