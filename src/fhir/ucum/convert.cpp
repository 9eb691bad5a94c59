// Values from unit to unit. UCUM 18-23.
#include <fmt/core.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "fhir/ucum/ucum.h"

namespace tasuki::fhir::ucum {
namespace {

const Decimal pi_digits = *Decimal::parse("3.141592653589793238462643383279502884");

// What a temperature scale adds before its factor applies: 0 Cel = 273.15 K, 0 [degF] = 459.67
// K/1.8.
std::optional<Decimal> offset(const Unit& unit) {
  if (unit.special == Special::celsius) return Decimal(27315, -2);
  if (unit.special == Special::fahrenheit) return Decimal(45967, -2);
  if (unit.special == Special::reaumur) return Decimal(21852, -2);
  return std::nullopt;
}

// From the number that is shown to the one the factor applies to.
double unfold(Special special, double value) {
  switch (special) {
    case Special::none:
    case Special::celsius:
    case Special::fahrenheit:
    case Special::reaumur:
      return value;
    case Special::minus_lg:
      return std::pow(10, -value);
    case Special::potency_100:
      return std::pow(100, -value);
    case Special::potency_1000:
      return std::pow(1000, -value);
    case Special::potency_50000:
      return std::pow(50000, -value);
    case Special::ln:
      return std::exp(value);
    case Special::lg:
      return std::pow(10, value);
    case Special::lg_times_2:
      return std::pow(10, value / 2);
    case Special::ld:
      return std::exp2(value);
    case Special::tan_times_100:
      return std::atan(value / 100);
    case Special::sqrt:
      return value * value;
  }
  return value;
}

double fold(Special special, double value) {
  switch (special) {
    case Special::none:
    case Special::celsius:
    case Special::fahrenheit:
    case Special::reaumur:
      return value;
    case Special::minus_lg:
      return -std::log10(value);
    case Special::potency_100:
      return -std::log10(value) / 2;
    case Special::potency_1000:
      return -std::log10(value) / 3;
    case Special::potency_50000:
      return -std::log(value) / std::log(50000);
    case Special::ln:
      return std::log(value);
    case Special::lg:
      return std::log10(value);
    case Special::lg_times_2:
      return 2 * std::log10(value);
    case Special::ld:
      return std::log2(value);
    case Special::tan_times_100:
      return std::tan(value) * 100;
    case Special::sqrt:
      return std::sqrt(value);
  }
  return value;
}

bool is_linear(const Unit& unit) {
  return unit.special == Special::none || offset(unit);
}

Error out_of_range() {
  return Error{Error::Kind::invalid, "The value is out of range in this unit.", {}};
}

// value * up / down, powers of pi included.
std::optional<Decimal> scaled(const Decimal& value, const Factor& up, const Factor& down) {
  auto top = value.times(up.top), bottom = up.bottom.times(down.top);
  if (top) top = top->times(down.bottom);
  const int power = up.pi - down.pi;
  const auto circle = pi_digits.power(std::abs(power));
  if (power > 0 && top && circle) top = top->times(*circle);
  if (power < 0 && bottom && circle) bottom = bottom->times(*circle);
  return top && bottom && circle ? top->divided(*bottom) : std::nullopt;
}

std::optional<Decimal> with_offset(const Unit& unit, const std::optional<Decimal>& value,
                                   bool is_added) {
  const auto shift = offset(unit);
  if (!shift || !value) return value;
  return is_added ? value->plus(*shift) : value->minus(*shift);
}

Result<Decimal> through_double(const Decimal& value, const Unit& from, const Unit& to) {
  const double base = to_base(value.value(), from);
  double number = base / to.factor.value();
  if (const auto shift = offset(to)) number -= shift->value();
  number = fold(to.special, number) / to.scale.value();
  const auto result = Decimal::near(number);
  if (!result) return out_of_range();
  return *result;
}

}  // namespace

double Factor::value() const {
  const double fraction = top.value() / bottom.value();
  return pi == 0 ? fraction : fraction * std::pow(std::numbers::pi, pi);
}

bool commensurable(const Unit& left, const Unit& right) {
  return !left.is_meaningless && !right.is_meaningless && left.powers == right.powers &&
         left.arbitrary == right.arbitrary;
}

Result<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to) {
  if (!commensurable(from, to))
    return Error{Error::Kind::invalid,
                 fmt::format("Values in '{}' and in '{}' cannot be compared.", base_unit(from),
                             base_unit(to)),
                 {}};
  if (!is_linear(from) || !is_linear(to)) return through_double(value, from, to);
  // A scale's own number first, then the kelvins both share, then the other scale.
  const auto inner = with_offset(from, scaled(value, from.scale, {}), true);
  const auto moved = inner ? scaled(*inner, from.factor, to.factor) : std::nullopt;
  const auto shown = with_offset(to, moved, false);
  const auto result = shown ? scaled(*shown, {}, to.scale) : std::nullopt;
  if (!result) return out_of_range();
  return *result;
}

double to_base(double value, const Unit& unit) {
  if (unit.is_meaningless) return std::numeric_limits<double>::quiet_NaN();
  if (unit.special == Special::none) {
    // One rounding where the factor is a whole number over a whole number.
    if (unit.factor.pi == 0) return value * unit.factor.top.value() / unit.factor.bottom.value();
    return value * unit.factor.value();
  }
  double inner = unfold(unit.special, value * unit.scale.value());
  if (const auto shift = offset(unit)) inner += shift->value();
  return inner * unit.factor.value();
}

Result<Decimal> to_base(const Decimal& value, const Unit& unit) {
  Unit base;
  base.powers = unit.powers;
  base.arbitrary = unit.arbitrary;
  return convert(value, unit, base);
}

}  // namespace tasuki::fhir::ucum
