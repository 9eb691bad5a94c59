#include "fhir/ucum/token.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "fhir/model/definitions.h"
#include "fhir/ucum/ucum.h"

namespace tasuki::fhir::ucum {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_printable(char c) {
  return c > ' ' && c < 0x7f;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The brackets forgotten, the case wrong, or else the fewest letters changed: "iU" is "[iU]".
std::string_view nearest_unit(std::string_view symbol) {
  if (const auto bracketed = find(fmt::format("[{}]", symbol))) return bracketed->unit->code;
  const auto is_like = [&](const Row& row) {
    auto code = row.code;
    if (!symbol.starts_with('[') && code.starts_with('[') && code.ends_with(']'))
      code = code.substr(1, code.size() - 2);
    return std::ranges::equal(code, symbol, {}, lower, lower);
  };
  if (const auto row = std::ranges::find_if(rows(), is_like); row != rows().end()) return row->code;
  std::vector<std::string_view> codes;
  for (const auto& row : rows())
    codes.push_back(row.code);
  return nearest(symbol, codes);
}

std::string unknown(std::string_view symbol) {
  const auto close = nearest_unit(symbol);
  if (close.empty()) return fmt::format("'{}' is no UCUM unit.", symbol);
  return fmt::format("'{}' is no UCUM unit; the nearest is '{}'.", symbol, close);
}

}  // namespace

Error Tokens::error(size_t position, std::string message) const {
  return Error{Error::Kind::invalid, std::move(message), fmt::format("character {}", position)};
}

Result<Token> Tokens::next() {
  if (at_ == text_.size()) return Token{.position = at_ + 1};
  const char c = text_[at_];
  constexpr std::string_view operators = "./()";
  constexpr TokenKind kinds[] = {TokenKind::times, TokenKind::over, TokenKind::open,
                                 TokenKind::close};
  if (const auto place = operators.find(c); place != std::string_view::npos) {
    ++at_;
    return Token{.kind = kinds[place], .text = text_.substr(at_ - 1, 1), .position = at_};
  }
  if (c == '{') return annotation();
  const auto rest = text_.substr(at_);
  if (is_digit(c) && !rest.starts_with("10*") && !rest.starts_with("10^")) return number();
  return symbol();
}

Result<Token> Tokens::annotation() {
  const size_t begin = at_;
  while (++at_ < text_.size() && text_[at_] != '}') {
    if (text_[at_] == '{') return error(at_ + 1, "An annotation cannot stand in another.");
    if (text_[at_] != ' ' && !is_printable(text_[at_]))
      return error(at_ + 1, "An annotation takes ASCII characters only.");
  }
  if (at_ == text_.size()) return error(begin + 1, "The closing } is missing.");
  ++at_;
  return Token{.kind = TokenKind::annotation,
               .text = text_.substr(begin + 1, at_ - begin - 2),
               .position = begin + 1};
}

Result<Token> Tokens::number() {
  const size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_]))
    ++at_;
  const auto digits = text_.substr(begin, at_ - begin);
  if (digits.size() > 18) return error(begin + 1, "A number in a unit has at most 18 digits.");
  return Token{.kind = TokenKind::number, .text = digits, .position = begin + 1};
}

// Up to an operator, an exponent or an annotation; what stands in [ ] belongs to the symbol.
size_t Tokens::symbol_bytes() const {
  const auto rest = text_.substr(at_);
  size_t bytes = rest.starts_with("10*") || rest.starts_with("10^") ? 3 : 0;
  constexpr std::string_view ends = "./(){}+-]";
  while (bytes < rest.size() && !is_digit(rest[bytes]) && !ends.contains(rest[bytes]) &&
         is_printable(rest[bytes])) {
    if (rest[bytes] == '[') {
      const auto close = rest.find(']', bytes);
      if (close == std::string_view::npos) return bytes;
      bytes = close;
    }
    ++bytes;
  }
  return bytes;
}

Result<Token> Tokens::symbol() {
  const size_t begin = at_, bytes = symbol_bytes();
  const auto code = text_.substr(begin, bytes);
  const auto found = find(code);
  if (!found) {
    if (!code.empty()) return error(begin + 1, unknown(code));
    return error(begin + 1, text_[begin] == '[' ? "The closing ] is missing."
                                                : "No unit begins with this character.");
  }
  at_ += bytes;
  Token token{.kind = TokenKind::unit, .text = code, .unit = *found, .position = begin + 1};
  const bool has_sign = at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-');
  const bool is_negative = has_sign && text_[at_] == '-';
  if (has_sign) ++at_;
  const size_t digits = at_;
  int power = 0;
  for (; at_ < text_.size() && is_digit(text_[at_]); ++at_)
    power = std::min(power * 10 + (text_[at_] - '0'), power_max + 1);
  if (at_ == digits) {
    if (has_sign) return error(at_ + 1, "The exponent should stand here, in digits.");
    return token;
  }
  if (power > power_max)
    return error(digits + 1, fmt::format("An exponent is at most {}.", power_max));
  token.power = is_negative ? -power : power;
  return token;
}

}  // namespace tasuki::fhir::ucum
