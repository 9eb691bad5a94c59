// The units and prefixes of UCUM, resolved to the base units at build time (tools/ucum_table.py).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/decimal.h"

namespace tasuki::fhir::ucum {

// The base units in UCUM's order: metre, second, gram, radian, kelvin, coulomb, candela.
inline constexpr size_t base_count = 7;
inline constexpr std::array<std::string_view, base_count> base_units = {"m", "s", "g", "rad",
                                                                        "K", "C", "cd"};
using Powers = std::array<int8_t, base_count>;

// What a special unit does beside its factor. UCUM 21, 22.
enum class Special : uint8_t {
  none,
  celsius,
  fahrenheit,
  reaumur,
  minus_lg,  // pH, homeopathic X
  potency_100,
  potency_1000,
  potency_50000,
  ln,
  lg,
  lg_times_2,
  ld,
  tan_times_100,
  sqrt,
};

struct Number {  // a decimal as the compiler can hold it
  uint64_t high = 0, low = 0;
  int exponent = 0;

  constexpr Decimal decimal() const {
    return {static_cast<Decimal::Digits>(high) << 64 | static_cast<Decimal::Digits>(low), exponent};
  }
};

struct Row {
  std::string_view code, name, symbol;
  std::string_view arbitrary;  // the arbitrary unit it is: itself, or the one it is a name of
  Number top, bottom;          // the factor to the base units is top / bottom * pi^pi
  int8_t pi = 0;
  Powers powers{};
  bool is_metric = false, is_special = false;
  Special special = Special::none;
};

struct Prefix {
  std::string_view code, name, symbol;
  Number top, bottom;
};

struct Match {
  const Row* unit = nullptr;
  const Prefix* prefix = nullptr;  // nullptr: none
};

// "mg" -> gram with milli; nothing when the symbol is no unit, or its prefix needs a metric one.
std::optional<Match> find(std::string_view symbol);

std::span<const Row> rows();

}  // namespace tasuki::fhir::ucum
