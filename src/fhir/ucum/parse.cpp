// A unit expression to its factor and powers, by recursive descent. UCUM 4-12 (grammar), 18-20.
#include <fmt/core.h>

#include <algorithm>

#include "fhir/ucum/token.h"
#include "fhir/ucum/ucum.h"

namespace tasuki::fhir::ucum {
namespace {

bool multiply_into(Factor& left, const Decimal& top, const Decimal& bottom, int circles, int sign) {
  bool rounded = false;
  const auto over = left.top.times(sign > 0 ? top : bottom, &rounded);
  const auto under = left.bottom.times(sign > 0 ? bottom : top, &rounded);
  if (!over || !under || over->is_zero() || under->is_zero()) return false;
  left.top = *over;
  left.bottom = *under;
  left.pi += sign * circles;
  left.is_exact = left.is_exact && !rounded;
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  Result<Unit> whole() {
    TRY(advance());
    auto unit = TRY(term(0));
    if (now_.kind != TokenKind::end)
      return tokens_.error(now_.position, fmt::format("'{}' is not expected here: the unit should "
                                                      "end, or go on with '.' or '/'.",
                                                      now_.text));
    return unit;
  }

 private:
  Result<void> advance() {
    now_ = TRY(tokens_.next());
    return {};
  }

  // "/" may stand first: "/min" is 1/min.
  Result<Unit> term(unsigned depth) {
    Unit result;
    int sign = 1;
    if (now_.kind == TokenKind::over) {
      sign = -1;
      TRY(advance());
    }
    while (true) {
      const auto at = now_.position;
      const auto part = TRY(component(depth));
      if (!join(result, part, sign))
        return tokens_.error(at, "This unit is out of any range: its factor or a power is.");
      if (now_.kind != TokenKind::times && now_.kind != TokenKind::over) return result;
      sign = now_.kind == TokenKind::times ? 1 : -1;
      TRY(advance());
    }
  }

  Result<Unit> component(unsigned depth) {
    const auto token = now_;
    Unit result;
    switch (token.kind) {
      case TokenKind::open:
        if (depth >= depth_max)
          return tokens_.error(token.position,
                               fmt::format("Parentheses nest deeper than {}.", depth_max));
        TRY(advance());
        result = TRY(term(depth + 1));
        if (now_.kind != TokenKind::close)
          return tokens_.error(now_.position, "')' should stand here.");
        TRY(advance());
        if (now_.kind == TokenKind::annotation) TRY(advance());  // "U/(10.g){feces}"
        return result;
      case TokenKind::number:
        result.factor.top = Decimal::parse(token.text).value_or(Decimal());
        if (result.factor.top.is_zero())
          return tokens_.error(token.position, "A unit cannot be zero.");
        break;
      case TokenKind::unit:
        if (!apply(result, token))
          return tokens_.error(token.position,
                               "This unit is out of any range: its factor or a power is.");
        break;
      case TokenKind::annotation:
        TRY(advance());
        return result;
      default:
        return tokens_.error(token.position, "A unit should stand here.");
    }
    TRY(advance());
    if (now_.kind == TokenKind::annotation) TRY(advance());
    return result;
  }

  static bool apply(Unit& result, const Token& token);
  static bool join(Unit& left, const Unit& right, int sign);
  static bool join(Unit& left, const Unit::Arbitrary& right, int sign);

  Tokens tokens_;
  Token now_;
};

// One symbol with prefix and exponent.
bool Parser::apply(Unit& result, const Token& token) {
  const auto& [row, prefix] = token.unit;
  if (row->is_special) {
    result.special = row->special;
    result.powers = row->powers;
    result.factor = {row->top.decimal(), row->bottom.decimal(), row->pi, true};
    if (prefix != nullptr) result.scale.top = prefix->top.decimal();
    result.is_meaningless = token.power != 1;
    return true;
  }
  const int sign = token.power < 0 ? -1 : 1;
  for (int i = 0; i < std::abs(token.power); ++i) {
    if (!multiply_into(result.factor, row->top.decimal(), row->bottom.decimal(), row->pi, sign))
      return false;
    if (prefix != nullptr &&
        !multiply_into(result.factor, prefix->top.decimal(), prefix->bottom.decimal(), 0, sign))
      return false;
  }
  for (size_t i = 0; i < base_count; ++i) {
    const int power = row->powers[i] * token.power;
    if (std::abs(power) > power_max) return false;
    result.powers[i] = static_cast<int8_t>(power);
  }
  if (!row->arbitrary.empty() && token.power != 0)
    result.arbitrary[0] = {row->arbitrary, static_cast<int8_t>(token.power)};
  return true;
}

bool is_pure_number(const Unit& unit) {
  return unit.special == Special::none && unit.powers == Powers{} &&
         unit.arbitrary[0].code.empty() && !unit.is_meaningless;
}

// A temperature scale beside other units stands for its interval: "K/Cel", "W/(m.Cel)".
void take_interval(Unit& unit) {
  const bool is_temperature = unit.special == Special::celsius ||
                              unit.special == Special::fahrenheit ||
                              unit.special == Special::reaumur;
  if (unit.special == Special::none) return;
  unit.is_meaningless = unit.is_meaningless || !is_temperature ||
                        !multiply_into(unit.factor, unit.scale.top, unit.scale.bottom, 0, 1);
  unit.special = Special::none;
  unit.scale = {};
}

bool Parser::join(Unit& left, const Unit& right, int sign) {
  // A number before a special unit scales it, as a prefix does. UCUM 22.
  if (right.special != Special::none && sign > 0 && is_pure_number(left)) {
    const auto number = left.factor;
    left = right;
    return multiply_into(left.scale, number.top, number.bottom, number.pi, 1);
  }
  Unit second = right;
  take_interval(left);
  take_interval(second);
  left.is_meaningless = left.is_meaningless || second.is_meaningless;
  if (!multiply_into(left.factor, second.factor.top, second.factor.bottom, second.factor.pi, sign))
    return false;
  left.factor.is_exact = left.factor.is_exact && second.factor.is_exact;
  for (size_t i = 0; i < base_count; ++i) {
    const int power = left.powers[i] + sign * second.powers[i];
    if (std::abs(power) > power_max) return false;
    left.powers[i] = static_cast<int8_t>(power);
  }
  return std::ranges::all_of(second.arbitrary, [&](const auto& each) {
    return each.code.empty() || join(left, each, sign);
  });
}

// Kept in order of code, those that cancel out left out.
bool Parser::join(Unit& left, const Unit::Arbitrary& right, int sign) {
  auto& all = left.arbitrary;
  const auto same = std::ranges::find(all, right.code, &Unit::Arbitrary::code);
  const auto place =
      same != all.end() ? same : std::ranges::find(all, std::string_view(), &Unit::Arbitrary::code);
  if (place == all.end()) return false;
  const int power = place->power + sign * right.power;
  if (std::abs(power) > power_max) return false;
  *place = {power == 0 ? std::string_view() : right.code, static_cast<int8_t>(power)};
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return a.code.empty() != b.code.empty() ? b.code.empty() : a.code < b.code;
  });
  return true;
}

}  // namespace

Result<Unit> parse(std::string_view text) {
  if (text.empty())
    return Error{Error::Kind::invalid, "A unit should stand here; no unit is '1'.", "character 1"};
  if (text.size() > text_bytes_max)
    return Error{Error::Kind::invalid,
                 fmt::format("The unit is longer than {} characters.", text_bytes_max),
                 fmt::format("character {}", text_bytes_max + 1)};
  return Parser(text).whole();
}

}  // namespace tasuki::fhir::ucum
