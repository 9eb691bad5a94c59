// Quantities with UCUM units or calendar durations, and when two of them can be compared.
//
// Standard: FHIRPath N1 2.1.2.2 (Quantity), 6.1.1, 6.2, 6.6; FHIR R4 fhirpath.html#quantity (a
// Quantity with a UCUM code of time stands for the calendar duration too).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "fhir/path/item.h"
#include "fhir/path/moment.h"

namespace tasuki::fhir::path {

struct Quantity {
  Decimal value;
  std::string unit;                      // a UCUM code, or a calendar word
  Precision calendar = Precision::none;  // of a calendar duration
  bool is_either = false;                // FHIR's own: the code as well as the duration

  bool is_calendar() const { return calendar != Precision::none && !is_either; }
  std::string text() const;  // 4 'mg', 3 days
};

// Nothing for an object that is none: without value, with a comparator, or not in UCUM.
std::optional<Quantity> quantity_of(const json::Value& object, System system);
Item quantity_item(const Quantity& quantity, TypeId type, json::Arena& arena);

// "4 days", "4.5 'mg'", "10": as text, for toQuantity().
std::optional<Quantity> parse_quantity(std::string_view text);

// In another unit; nothing where that means nothing: a year is no number of UCUM's mean years.
std::optional<Quantity> in_unit(const Quantity& quantity, std::string_view unit);

// Both in the finer of their two units.
std::optional<std::pair<Quantity, Quantity>> in_one_unit(const Quantity& left,
                                                         const Quantity& right);
bool comparable(const Quantity& left, const Quantity& right);
std::optional<std::strong_ordering> order(const Quantity& left, const Quantity& right);
bool equivalent(const Quantity& left, const Quantity& right);

std::optional<Quantity> plus(const Quantity& left, const Quantity& right);
std::optional<Quantity> times(const Quantity& left, const Quantity& right);
std::optional<Quantity> divided(const Quantity& left, const Quantity& right);

// 1.10 ~ 1.1 and 1.1 ~ 1: by the digits of the one that has fewer. FHIRPath N1 6.1.2.
bool equivalent(const Decimal& left, const Decimal& right);

}  // namespace tasuki::fhir::path
