// Units of measure: is a unit expression right, what is it in base units, what is a value in
// another.
//
// Why: quantities are only comparable in a common unit (search, FHIRPath, invariants), and a feed's
// units are typed by people. Everything is exact where UCUM's own factors are: a factor is a
// fraction and a power of pi; only logarithms and roots go through a double.
//
// Standard: The Unified Code for Units of Measure 2.2, case sensitive (c/s): 2-12 (syntax), 18-20
// (semantics), 21-23 (special units), 24 (arbitrary units), 25-26 (prefixes, atoms).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/result.h"
#include "fhir/ucum/table.h"

namespace tasuki::fhir::ucum {

inline constexpr std::string_view system = "http://unitsofmeasure.org";

// Bounds: more is refused.
inline constexpr size_t text_bytes_max = 256;
inline constexpr unsigned depth_max = 16;  // of parentheses
inline constexpr int power_max = 99;

// top / bottom * pi^pi.
struct Factor {
  Decimal top{1, 0}, bottom{1, 0};
  int pi = 0;
  bool is_exact = true;  // false: it had more digits than a Decimal holds, and was rounded

  double value() const;
};

// A unit expression, understood. A value of it is comparable with a value of any unit that has the
// same powers and the same arbitrary units.
struct Unit {
  // International units and their like are of one kind only with themselves. UCUM 24.
  struct Arbitrary {
    std::string_view code{};
    int8_t power = 0;
    bool operator==(const Arbitrary&) const = default;
  };

  Factor factor;  // to the base units; of a special unit, the factor of what its function gives
  Powers powers{};
  std::array<Arbitrary, 4> arbitrary{};  // by code, the empty ones last
  Special special = Special::none;
  Factor scale;  // of a special unit, what stands before it: dB = 0.1 B
  // A logarithm or another function multiplied with something else means nothing. UCUM 22. It is
  // well-formed and can be compared with nothing.
  bool is_meaningless = false;
};

// The error's location is "character N"; the message names the nearest unit.
Result<Unit> parse(std::string_view text);

bool commensurable(const Unit& left, const Unit& right);

// 6.3 mm in m is 0.0063. Not commensurable, or out of the function's range: an error.
Result<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to);

// A value in base units, for keys and ranges. Monotone, but pH and the homeopathic potencies fall:
// convert both ends of a range and order them. NaN where it means nothing.
double to_base(double value, const Unit& unit);
Result<Decimal> to_base(const Decimal& value, const Unit& unit);

// The base units as an expression, the same for all that are commensurable: "m-3.g", "[iU].m-3",
// "1".
std::string base_unit(const Unit& unit);

struct Quantity {
  Decimal value;
  std::string unit;
};

// 1.5 g * 2 m = 3.0 g.m; 4 g / 2 m = 2 g/m. Of commensurable units the quotient is a pure number.
Result<Quantity> multiply(const Quantity& left, const Quantity& right);
Result<Quantity> divide(const Quantity& left, const Quantity& right);

// For people: "(milligram) / (liter)".
Result<std::string> display(std::string_view text);

}  // namespace tasuki::fhir::ucum
