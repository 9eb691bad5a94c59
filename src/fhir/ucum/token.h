// A unit expression as tokens: symbols with their exponent, numbers, annotations, operators. UCUM
// 2-12.
#pragma once

#include <string_view>

#include "base/result.h"
#include "fhir/ucum/table.h"

namespace tasuki::fhir::ucum {

enum class TokenKind : uint8_t { end, unit, number, annotation, times, over, open, close };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text{};  // of an annotation without its braces
  Match unit{};
  int power = 1;        // of a unit
  size_t position = 0;  // in bytes from 1
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}
  Result<Token> next();
  Error error(size_t position, std::string message) const;

 private:
  Result<Token> annotation();
  Result<Token> number();
  Result<Token> symbol();
  size_t symbol_bytes() const;

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace tasuki::fhir::ucum
