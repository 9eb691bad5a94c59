#include "fhir/validate/compare.h"

#include <algorithm>
#include <charconv>

#include "fhir/ucum/ucum.h"

namespace tasuki::fhir {
namespace {

double size_of_number(const json::Value& value) {
  double number = 0;
  std::from_chars(value.text().data(), value.text().data() + value.text().size(), number);
  return number;
}

// Grams and kilograms: both in UCUM's base units, where they have the same ones.
bool is_less_in_base_units(const json::Value& left, const json::Value& left_value,
                           const json::Value& right, const json::Value& right_value) {
  if (left.text_of("system") != ucum::system || right.text_of("system") != ucum::system)
    return false;
  const auto one = ucum::parse(left.text_of("code")), other = ucum::parse(right.text_of("code"));
  if (!one || !other || !ucum::commensurable(*one, *other)) return false;
  return ucum::to_base(size_of_number(left_value), *one) <
         ucum::to_base(size_of_number(right_value), *other);
}

}  // namespace

bool contains_pattern(const json::Value& value, const json::Value& pattern) {
  if (pattern.is_object()) {
    return value.is_object() &&
           std::ranges::all_of(pattern.members(), [&](const json::Member& one) {
             const json::Value* other = value.find(one.name);
             return other != nullptr && contains_pattern(*other, one.value);
           });
  }
  if (pattern.is_array()) {
    return value.is_array() && std::ranges::all_of(pattern.items(), [&](const json::Value& one) {
             return std::ranges::any_of(value.items(), [&](const json::Value& other) {
               return contains_pattern(other, one);
             });
           });
  }
  return json::equal(value, pattern);
}

bool is_less(const json::Value& left, const json::Value& right) {
  if (left.is_number() && right.is_number()) {
    return size_of_number(left) < size_of_number(right);
  }
  if (left.is_string() && right.is_string()) {
    const size_t common = std::min(left.size(), right.size());  // 2020 is not before 2020-05
    return left.text().substr(0, common) < right.text().substr(0, common);
  }
  if (left.is_object() && right.is_object()) {
    const json::Value *one = left.find("value"), *other = right.find("value");
    if (one == nullptr || other == nullptr) return false;
    if (left.text_of("code") == right.text_of("code")) return is_less(*one, *other);
    return is_less_in_base_units(left, *one, right, *other);
  }
  return false;
}

const json::Value* beside_member(const json::Value& object, std::string_view name) {
  for (const json::Member& one : object.members()) {
    if (one.name.size() == name.size() + 1 && one.name.front() == '_' && one.name.substr(1) == name)
      return &one.value;
  }
  return nullptr;
}

size_t characters_in(std::string_view utf8) {
  return static_cast<size_t>(
      std::ranges::count_if(utf8, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

}  // namespace tasuki::fhir
