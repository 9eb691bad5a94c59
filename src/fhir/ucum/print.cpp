// Units as text: base units, products and quotients, and words for people.
#include <fmt/core.h>

#include "fhir/ucum/token.h"
#include "fhir/ucum/ucum.h"

namespace tasuki::fhir::ucum {
namespace {

void append_part(std::string& out, std::string_view code, int power) {
  if (power == 0) return;
  if (!out.empty()) out += '.';
  out += code;
  if (power != 1) out += std::to_string(power);
}

bool is_compound(std::string_view text) {
  return text.find_first_of("./") != std::string_view::npos && !text.starts_with('(');
}

Error beyond_range() {
  return Error{Error::Kind::invalid, "The result is out of range.", {}};
}

std::string words(const Token& token) {
  switch (token.kind) {
    case TokenKind::unit: {
      const auto prefix = token.unit.prefix != nullptr ? token.unit.prefix->name : "";
      const auto name = fmt::format("{}{}", prefix, token.unit.unit->name);
      return token.power == 1 ? fmt::format("({})", name)
                              : fmt::format("({} ^ {})", name, token.power);
    }
    case TokenKind::annotation:
      return fmt::format("{{{}}}", token.text);
    case TokenKind::times:
      return " * ";
    case TokenKind::over:
      return " / ";
    default:
      return std::string(token.text);
  }
}

}  // namespace

std::string base_unit(const Unit& unit) {
  std::string out;
  for (const auto& [code, power] : unit.arbitrary)
    append_part(out, code, power);
  for (size_t i = 0; i < base_count; ++i)
    append_part(out, base_units[i], unit.powers[i]);
  return out.empty() ? "1" : out;
}

Result<Quantity> multiply(const Quantity& left, const Quantity& right) {
  TRY(parse(left.unit));
  TRY(parse(right.unit));
  const auto value = left.value.times(right.value);
  if (!value) return beyond_range();
  if (left.unit == "1") return Quantity{*value, right.unit};
  if (right.unit == "1") return Quantity{*value, left.unit};
  // "s/m" times "g" reads as s/m.g, which is what is meant: '/' takes one component.
  const auto joined = fmt::format(
      "{}.{}", left.unit, is_compound(right.unit) ? fmt::format("({})", right.unit) : right.unit);
  TRY(parse(joined));
  return Quantity{*value, joined};
}

Result<Quantity> divide(const Quantity& left, const Quantity& right) {
  const auto one = TRY(parse(left.unit));
  const auto other = TRY(parse(right.unit));
  if (right.value.is_zero())
    return Error{Error::Kind::invalid, "Division by zero has no result.", {}};
  if (commensurable(one, other)) {
    const auto same = TRY(convert(right.value, other, one));
    const auto value = left.value.divided(same);
    if (!value) return beyond_range();
    return Quantity{*value, "1"};
  }
  const auto value = left.value.divided(right.value);
  if (!value) return beyond_range();
  if (right.unit == "1") return Quantity{*value, left.unit};
  const auto under = is_compound(right.unit) ? fmt::format("({})", right.unit) : right.unit;
  const auto joined =
      left.unit == "1" ? fmt::format("/{}", under) : fmt::format("{}/{}", left.unit, under);
  TRY(parse(joined));
  return Quantity{*value, joined};
}

Result<std::string> display(std::string_view text) {
  TRY(parse(text));
  Tokens tokens(text);
  std::string out;
  for (auto token = TRY(tokens.next()); token.kind != TokenKind::end; token = TRY(tokens.next())) {
    const bool follows = !out.empty() && out.back() == ')';
    if (token.kind == TokenKind::over && (out.empty() || out.back() == '(')) out += "1";
    if (token.kind == TokenKind::annotation && follows) out += ' ';
    out += words(token);
  }
  return out;
}

}  // namespace tasuki::fhir::ucum
