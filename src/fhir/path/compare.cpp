#include "fhir/path/compare.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>

#include "base/utf8.h"

namespace tasuki::fhir::path {
namespace {

// Letters of one case, any white space a blank. FHIRPath N1 6.1.2.
std::string loose(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const auto point = utf8::first(text.substr(at));
    const auto value = static_cast<UChar32>(point.value);
    utf8::append(out, u_isUWhiteSpace(value) ? U' ' : static_cast<char32_t>(u_tolower(value)));
    at += point.size;
  }
  return out;
}

// Deep, with numbers by value: 1.0 = 1.
bool same_json(const json::Value& left, const json::Value& right) {
  if (left.kind() != right.kind()) return false;
  if (left.is_number()) {
    if (left.text() == right.text()) return true;
    const auto a = Decimal::parse(left.text()), b = Decimal::parse(right.text());
    return a && b && *a == *b;
  }
  if (left.is_array()) return std::ranges::equal(left.items(), right.items(), same_json);
  if (!left.is_object()) return json::equal(left, right);
  if (left.size() != right.size()) return false;
  return std::ranges::all_of(left.members(), [&](const json::Member& member) {
    const auto* other = right.find(member.name);
    return other != nullptr && same_json(member.value, *other);
  });
}

// Deep, with arrays in any order and texts loosely.
bool alike_json(const json::Value& left, const json::Value& right) {
  if (left.kind() != right.kind()) return false;
  if (left.is_string()) return loose(left.text()) == loose(right.text());
  if (left.is_number()) {
    const auto a = Decimal::parse(left.text()), b = Decimal::parse(right.text());
    return a && b ? equivalent(*a, *b) : left.text() == right.text();
  }
  if (left.size() != right.size()) return false;
  if (left.is_array()) {
    std::vector<bool> taken(right.size());
    return std::ranges::all_of(left.items(), [&](const json::Value& item) {
      for (size_t i = 0; i < taken.size(); ++i) {
        if (!taken[i] && alike_json(item, right.items()[i])) return taken[i] = true, true;
      }
      return false;
    });
  }
  if (!left.is_object()) return json::equal(left, right);
  return std::ranges::all_of(left.members(), [&](const json::Member& member) {
    const auto* other = right.find(member.name);
    return other != nullptr && alike_json(member.value, *other);
  });
}

// Two elements of a document are one only with the same id and extensions; a literal has none.
bool same_sibling(const Item& left, const Item& right) {
  if (left.sibling == nullptr || right.sibling == nullptr)
    return left.sibling == right.sibling || left.element == nullptr || right.element == nullptr;
  return left.sibling == right.sibling || same_json(*left.sibling, *right.sibling);
}

}  // namespace

std::optional<Decimal> number_of(const Item& item) {
  return item.value.is_number() ? Decimal::parse(item.value.text()) : std::nullopt;
}

std::optional<Moment> moment_of(const Item& item, System kind) {
  if (!item.value.is_string()) return std::nullopt;
  return kind == System::time ? Moment::parse_time(item.value.text())
                              : Moment::parse(item.value.text());
}

std::optional<Quantity> quantity_of(const Item& item, System kind) {
  if (kind == System::quantity) return quantity_of(item.value, item.system);
  const auto number = is_number(kind) ? number_of(item) : std::nullopt;
  if (!number) return std::nullopt;
  return Quantity{*number, "1", Precision::none, false};
}

std::optional<bool> equal(const Definitions& definitions, const Item& left, const Item& right) {
  if (left.value.is_null() || right.value.is_null()) {
    if (left.value.is_null() != right.value.is_null()) return false;
    return left.type == right.type && left.sibling != nullptr && right.sibling != nullptr &&
           same_sibling(left, right);
  }
  const auto a = kind(definitions, left), b = kind(definitions, right);
  if (a == System::string && b == System::string && left.value.is_string() &&
      right.value.is_string())
    return left.value.text() == right.value.text() && same_sibling(left, right);
  if (is_number(a) && is_number(b)) {
    const auto one = number_of(left), other = number_of(right);
    return one && other ? *one == *other && same_sibling(left, right)
                        : left.value.text() == right.value.text();
  }
  const bool is_one_quantity = a == System::quantity || b == System::quantity;
  if (is_one_quantity && (is_number(a) || is_number(b) || a == b)) {
    const auto one = quantity_of(left, a), other = quantity_of(right, b);
    if (one && other) {
      const auto found = order(*one, *other);
      if (found) return *found == 0;
      // A year is neither equal nor unequal to a mean year; a metre is just no second.
      return std::nullopt;
    }
    return same_json(left.value, right.value);
  }
  if (is_moment(a) && is_moment(b) && (a == System::time) == (b == System::time)) {
    const auto one = moment_of(left, a), other = moment_of(right, b);
    if (one && other) {
      const auto found = order(*one, *other);
      if (!found) return std::nullopt;
      return *found == 0 && same_sibling(left, right);
    }
  }
  if (a != b) return false;
  return same_json(left.value, right.value) && same_sibling(left, right);
}

bool equivalent(const Definitions& definitions, const Item& left, const Item& right) {
  if (left.value.is_null() || right.value.is_null())
    return left.value.is_null() && right.value.is_null();
  const auto a = kind(definitions, left), b = kind(definitions, right);
  if (is_number(a) && is_number(b)) {
    const auto one = number_of(left), other = number_of(right);
    return one && other && equivalent(*one, *other);
  }
  const bool is_one_quantity = a == System::quantity || b == System::quantity;
  if (is_one_quantity && (is_number(a) || is_number(b) || a == b)) {
    const auto one = quantity_of(left, a), other = quantity_of(right, b);
    if (one && other) return equivalent(*one, *other);
    return alike_json(left.value, right.value);
  }
  if (is_moment(a)) return equal(definitions, left, right) == true;
  if (a != b) return false;
  return alike_json(left.value, right.value);
}

bool same(const Definitions& definitions, const Item& left, const Item& right) {
  return equal(definitions, left, right) == true;
}

Ordering order(const Definitions& definitions, const Item& left, const Item& right) {
  const auto a = kind(definitions, left), b = kind(definitions, right);
  if (a == System::string && b == System::string)
    return {true, left.value.text() <=> right.value.text()};
  if (is_number(a) && is_number(b)) {
    const auto one = number_of(left), other = number_of(right);
    if (!one || !other) return {true, std::nullopt};
    return {true, *one <=> *other};
  }
  const bool is_one_quantity = a == System::quantity || b == System::quantity;
  if (is_one_quantity && (is_number(a) || is_number(b) || a == b)) {
    const auto one = quantity_of(left, a), other = quantity_of(right, b);
    if (!one || !other) return {true, std::nullopt};
    return {true, order(*one, *other)};
  }
  if (is_moment(a) && is_moment(b) && (a == System::time) == (b == System::time)) {
    const auto one = moment_of(left, a), other = moment_of(right, b);
    if (!one || !other) return {true, std::nullopt};
    return {true, order(*one, *other)};
  }
  return {};
}

// ---- sets

namespace {

uint64_t mixed(uint64_t one, uint64_t other) {
  constexpr uint64_t factor = 0x9e3779b97f4a7c15;
  const uint64_t sum = (one ^ (other + factor)) * factor;
  return sum ^ (sum >> 29);
}
uint64_t hash_text(std::string_view text) {
  return std::hash<std::string_view>()(text);
}

// Equal trees share it: members in any order, numbers by value.
uint64_t hash_json(const json::Value& value) {
  uint64_t sum = static_cast<uint64_t>(value.kind());
  if (value.is_boolean()) return mixed(sum, value.boolean() ? 1 : 0);
  if (value.is_string()) return mixed(sum, hash_text(value.text()));
  if (value.is_number()) {
    const auto number = Decimal::parse(value.text());
    const auto short_form = number.value_or(Decimal()).trimmed();
    return mixed(sum, mixed(static_cast<uint64_t>(short_form.digits()),
                            static_cast<uint64_t>(short_form.exponent())));
  }
  for (const auto& item : value.items())
    sum = mixed(sum, hash_json(item));
  for (const auto& [name, member] : value.members())
    sum += mixed(hash_text(name), hash_json(member));
  return sum;
}

}  // namespace

// Quantities are equal across units, and times across zones: those of a kind share one hash.
uint64_t Distinct::hash(const Item& item) const {
  if (item.value.is_null()) return 0;
  const auto what = kind(definitions_, item);
  if (what == System::quantity) return 1;
  const bool has_clock =
      is_moment(what) && item.value.text().contains(what == System::time ? ':' : 'T');
  if (has_clock) return 2;
  return hash_json(item.value);
}

bool Distinct::has(const Item& item) const {
  const Items* among = &few_;
  if (!many_.empty()) {
    const auto found = many_.find(hash(item));
    if (found == many_.end()) return false;
    among = &found->second;
  }
  compared_ += among->size();
  return std::ranges::any_of(*among,
                             [&](const Item& other) { return same(definitions_, item, other); });
}

bool Distinct::add(const Item& item) {
  if (has(item)) return false;
  if (many_.empty() && few_.size() < few) {
    few_.push_back(item);
    return true;
  }
  for (const auto& each : few_)
    many_[hash(each)].push_back(each);
  few_.clear();
  many_[hash(item)].push_back(item);
  return true;
}

size_t Distinct::compared() {
  return std::exchange(compared_, 0);
}

}  // namespace tasuki::fhir::path
