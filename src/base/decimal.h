// Exact decimal numbers: up to 38 digits times a power of ten, with the written precision kept.
//
// Why: 0.1 + 0.2 is 0.3, 8.50 has two decimals and a milligram is exactly a thousandth of a gram;
// a double says none of it. FHIRPath N1 asks for 28 digits with 8 decimals (Decimal), UCUM for
// exact factors. Sums and products are exact while they fit and rounded half up beyond; a quotient
// has at most 28 digits.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tasuki {

class Decimal {
 public:
  __extension__ typedef __int128 Digits;
  static constexpr int digits_max = 38;
  static constexpr int quotient_digits = 28;
  static constexpr int exponent_max = 4096;  // beyond it a result is nothing

  constexpr Decimal() = default;
  constexpr Decimal(Digits digits, int exponent) : digits_(digits), exponent_(exponent) {}
  static constexpr Decimal of(int64_t value) { return {value, 0}; }

  // "-8.50", "+1", "1e-3". Nothing for any other text, or for more than 38 digits.
  static std::optional<Decimal> parse(std::string_view text);
  // The number with at most `significant` digits that is nearest; nothing for infinite or no
  // number.
  static std::optional<Decimal> near(double value, int significant = 15);

  std::string text() const;  // never with an exponent: "8.50", "-0.001", "1000"
  double value() const;
  std::optional<int64_t> integer() const;  // when it is whole and fits

  constexpr Digits digits() const { return digits_; }
  constexpr int exponent() const { return exponent_; }
  constexpr int decimals() const { return exponent_ < 0 ? -exponent_ : 0; }  // as written
  constexpr bool is_zero() const { return digits_ == 0; }
  constexpr bool is_negative() const { return digits_ < 0; }
  bool is_whole() const;

  Decimal negated() const { return {-digits_, exponent_}; }
  Decimal absolute() const { return is_negative() ? negated() : *this; }
  Decimal trimmed() const;  // without zeros at the end: 8.50 -> 8.5, 100 -> 1e2

  // Nothing when the result is out of range, or divided by zero. `rounded` is set to true when a
  // digit was lost, and never to false.
  std::optional<Decimal> plus(const Decimal& other, bool* rounded = nullptr) const;
  std::optional<Decimal> minus(const Decimal& other) const { return plus(other.negated()); }
  std::optional<Decimal> times(const Decimal& other, bool* rounded = nullptr) const;
  std::optional<Decimal> divided(const Decimal& by, bool* rounded = nullptr) const;
  std::optional<Decimal> power(int exponent) const;  // by a whole number from 0

  enum class Rounding : uint8_t { half_up, down, floor, ceiling };  // half_up: away from zero
  // With exactly so many decimals (may be negative: to tens, hundreds); zeros are added. Nothing
  // when they do not fit.
  std::optional<Decimal> rounded(int decimals, Rounding rounding = Rounding::half_up) const;

  // By value: 1.0 == 1.
  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

 private:
  Digits digits_ = 0;
  int exponent_ = 0;
};

}  // namespace tasuki
