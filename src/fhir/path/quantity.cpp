#include "fhir/path/quantity.h"

#include <fmt/core.h>

#include <algorithm>

#include "fhir/ucum/ucum.h"

namespace tasuki::fhir::path {
namespace {

// A calendar unit in milliseconds, and years in months: 1 year = 12 months = 365 days.
std::optional<Decimal> ratio(Precision from, Precision to) {
  if (from == to) return Decimal(1, 0);
  if (from == Precision::year && to == Precision::month) return Decimal(12, 0);
  if (from == Precision::month && to == Precision::year) return std::nullopt;  // see in_calendar
  constexpr int64_t day = 86'400'000;
  constexpr int64_t milliseconds[] = {0,         365 * day, 30 * day, 7 * day, day,
                                      3'600'000, 60'000,    1000,     1};
  return Decimal::of(milliseconds[static_cast<size_t>(from)])
      .divided(Decimal::of(milliseconds[static_cast<size_t>(to)]));
}

std::optional<Decimal> in_calendar(const Decimal& value, Precision from, Precision to) {
  if (from == Precision::month && to == Precision::year) return value.divided(Decimal(12, 0));
  const auto one = ratio(to, from);  // exact when `from` is the finer
  if (to < from && one) return value.divided(*one);
  const auto factor = ratio(from, to);
  return factor ? value.times(*factor) : std::nullopt;
}

// From a week down UCUM's unit is the same span; its year and month are means of many. N1 2.1.2.2
bool is_same_in_ucum(Precision unit) {
  return unit >= Precision::week;
}

std::optional<Quantity> in_ucum(const Quantity& quantity, std::string_view unit) {
  const auto from = ucum::parse(quantity.unit), to = ucum::parse(unit);
  if (!from || !to) {
    if (quantity.unit == unit) return quantity;
    return std::nullopt;
  }
  if (quantity.unit == unit) return quantity;
  const auto value = ucum::convert(quantity.value, *from, *to);
  if (!value) return std::nullopt;
  return Quantity{value->trimmed(), std::string(unit), Precision::none, false};
}

Quantity as_calendar(const Quantity& quantity) {
  return {quantity.value, std::string(calendar_word(quantity.calendar)), quantity.calendar, false};
}
Quantity as_ucum(const Quantity& quantity) {
  if (quantity.is_either) return {quantity.value, quantity.unit, Precision::none, false};
  return {quantity.value, std::string(ucum_of_calendar(quantity.calendar)), Precision::none, false};
}

// Which world both are taken in; nothing when there is none.
enum class World : uint8_t { none, calendar, ucum };
World common_world(const Quantity& left, const Quantity& right) {
  if (left.is_calendar() && right.calendar != Precision::none) return World::calendar;
  if (right.is_calendar() && left.calendar != Precision::none) return World::calendar;
  const auto can_be_ucum = [](const Quantity& one, const Quantity& other) {
    if (!one.is_calendar()) return true;
    const auto unit = calendar_of_ucum(other.unit);
    return is_same_in_ucum(one.calendar) && unit && is_same_in_ucum(*unit);
  };
  return can_be_ucum(left, right) && can_be_ucum(right, left) ? World::ucum : World::none;
}

bool is_pure(const Quantity& quantity) {
  const auto unit = ucum::parse(quantity.unit);
  return !quantity.is_calendar() && unit && unit->special == ucum::Special::none &&
         ucum::base_unit(*unit) == "1";
}

bool is_special(const Quantity& quantity) {
  const auto unit = ucum::parse(quantity.unit);
  return !quantity.is_calendar() && (!unit || unit->special != ucum::Special::none);
}

std::optional<Quantity> scaled(const Quantity& quantity, const std::optional<Decimal>& value) {
  if (!value) return std::nullopt;
  Quantity result = quantity;
  result.value = *value;
  return result;
}

}  // namespace

std::string Quantity::text() const {
  if (is_calendar()) return fmt::format("{} {}", value.text(), unit);
  return fmt::format("{} '{}'", value.text(), unit);
}

std::optional<Quantity> quantity_of(const json::Value& object, System system) {
  const auto* number = object.find("value");
  if (number == nullptr || !number->is_number() || object.find("comparator") != nullptr)
    return std::nullopt;
  const auto value = Decimal::parse(number->text());
  if (!value) return std::nullopt;
  const auto code = object.text_of("code");
  if (system == System::quantity) {
    if (!code.empty()) return Quantity{*value, std::string(code), Precision::none, false};
    const auto word = object.text_of("unit");
    return Quantity{*value, std::string(word), calendar_unit(word).value_or(Precision::none),
                    false};
  }
  if (object.text_of("system") != ucum::system || code.empty()) return std::nullopt;
  const auto calendar = calendar_of_ucum(code);
  return Quantity{*value, std::string(code), calendar.value_or(Precision::none),
                  calendar.has_value()};
}

Item quantity_item(const Quantity& quantity, TypeId type, json::Arena& arena) {
  auto object = json::Value::object();
  object.append(arena, "value", json::Value::number(arena, quantity.value.text()));
  object.append(arena, "unit", json::Value::string(arena, quantity.unit));
  if (!quantity.is_calendar()) {
    object.append(arena, "system", json::Value::borrowed(json::Kind::string, ucum::system));
    object.append(arena, "code", json::Value::string(arena, quantity.unit));
  }
  // What is still both a code and a duration stays FHIR's.
  const auto system = quantity.is_either ? System::none : System::quantity;
  return {object, nullptr, type, system, nullptr};
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  const auto blank = std::min(text.find(' '), text.size());
  const auto value = Decimal::parse(text.substr(0, blank));
  if (!value) return std::nullopt;
  auto unit = text.substr(blank);
  while (unit.starts_with(' '))
    unit.remove_prefix(1);
  if (unit.empty()) return Quantity{*value, "1", Precision::none, false};
  if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'')
    return Quantity{*value, std::string(unit.substr(1, unit.size() - 2)), Precision::none, false};
  const auto calendar = calendar_unit(unit);
  if (!calendar) return std::nullopt;
  return Quantity{*value, std::string(unit), *calendar, false};
}

std::optional<Quantity> in_unit(const Quantity& quantity, std::string_view unit) {
  if (const auto calendar = calendar_unit(unit)) {
    Precision from = quantity.calendar;
    if (from == Precision::none) {
      const auto same = calendar_of_ucum(quantity.unit);
      if (!same || !is_same_in_ucum(*same) || !is_same_in_ucum(*calendar)) return std::nullopt;
      from = *same;
    }
    const auto value = in_calendar(quantity.value, from, *calendar);
    if (!value) return std::nullopt;
    return Quantity{value->trimmed(), std::string(unit), *calendar, false};
  }
  if (!quantity.is_calendar()) {
    auto result = in_ucum(quantity, unit);
    if (result) result->is_either = false, result->calendar = Precision::none;
    return result;
  }
  const auto target = calendar_of_ucum(unit);
  if (!target || !is_same_in_ucum(*target)) return std::nullopt;
  // A year is 365 days when seconds are asked for; only UCUM's own year and month are refused.
  const auto exact = in_calendar(quantity.value, quantity.calendar, *target);
  if (!is_same_in_ucum(quantity.calendar) || !exact) return std::nullopt;
  return Quantity{exact->trimmed(), std::string(unit), Precision::none, false};
}

std::optional<std::pair<Quantity, Quantity>> in_one_unit(const Quantity& left,
                                                         const Quantity& right) {
  switch (common_world(left, right)) {
    case World::none:
      return std::nullopt;
    case World::calendar: {
      const auto a = as_calendar(left), b = as_calendar(right);
      const bool is_left_finer = a.calendar >= b.calendar;
      const auto& unit = is_left_finer ? a.unit : b.unit;
      auto one = in_unit(a, unit), other = in_unit(b, unit);
      if (a.calendar == b.calendar) one = a, other = b;
      if (!one || !other) return std::nullopt;
      return std::pair(*one, *other);
    }
    case World::ucum:
      break;
  }
  const auto a = left.calendar != Precision::none ? as_ucum(left) : left;
  const auto b = right.calendar != Precision::none ? as_ucum(right) : right;
  if (a.unit == b.unit) return std::pair(a, b);
  const auto first = ucum::parse(a.unit), second = ucum::parse(b.unit);
  if (!first || !second || !ucum::commensurable(*first, *second)) return std::nullopt;
  const bool is_left_finer = first->factor.value() * first->scale.value() <=
                             second->factor.value() * second->scale.value();
  const auto& unit = is_left_finer ? a.unit : b.unit;
  const auto one = in_ucum(a, unit), other = in_ucum(b, unit);
  if (!one || !other) return std::nullopt;
  return std::pair(*one, *other);
}

bool comparable(const Quantity& left, const Quantity& right) {
  return in_one_unit(left, right).has_value();
}

std::optional<std::strong_ordering> order(const Quantity& left, const Quantity& right) {
  const auto both = in_one_unit(left, right);
  if (!both) return std::nullopt;
  return both->first.value <=> both->second.value;
}

bool equivalent(const Quantity& left, const Quantity& right) {
  // A year and UCUM's mean year are near enough. FHIRPath N1 2.1.2.2
  const auto a = left.is_calendar() && !right.is_calendar() ? as_ucum(left) : left;
  const auto b = right.is_calendar() && !left.is_calendar() ? as_ucum(right) : right;
  const auto both = in_one_unit(a, b);
  return both && equivalent(both->first.value, both->second.value);
}

std::optional<Quantity> plus(const Quantity& left, const Quantity& right) {
  if (is_special(left) || is_special(right)) return std::nullopt;
  const auto both = in_one_unit(left, right);
  if (!both) return std::nullopt;
  return scaled(both->first, both->first.value.plus(both->second.value));
}

std::optional<Quantity> times(const Quantity& left, const Quantity& right) {
  if (is_special(left) || is_special(right)) return std::nullopt;
  if (is_pure(right)) {
    const auto number = in_unit(right, "1");
    return number ? scaled(left, left.value.times(number->value)) : std::nullopt;
  }
  if (is_pure(left)) return times(right, left);
  if (left.is_calendar() || right.is_calendar()) return std::nullopt;
  const auto result = ucum::multiply({left.value, left.unit}, {right.value, right.unit});
  if (!result) return std::nullopt;
  return Quantity{result->value, result->unit, Precision::none, false};
}

std::optional<Quantity> divided(const Quantity& left, const Quantity& right) {
  if (is_special(left) || is_special(right) || right.value.is_zero()) return std::nullopt;
  if (is_pure(right)) {
    const auto number = in_unit(right, "1");
    return number ? scaled(left, left.value.divided(number->value)) : std::nullopt;
  }
  if (left.is_calendar() || right.is_calendar()) return std::nullopt;
  const auto result = ucum::divide({left.value, left.unit}, {right.value, right.unit});
  if (!result) return std::nullopt;
  return Quantity{result->value, result->unit, Precision::none, false};
}

bool equivalent(const Decimal& left, const Decimal& right) {
  const int decimals = std::min(left.trimmed().decimals(), right.trimmed().decimals());
  const auto a = left.rounded(decimals), b = right.rounded(decimals);
  return a && b ? *a == *b : left == right;
}

}  // namespace tasuki::fhir::path
