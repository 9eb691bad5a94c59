// FHIRPath text to tokens. FHIRPath N1, 10 (lexical elements).
#pragma once

#include <string_view>

#include "base/result.h"

namespace tasuki::fhir::path {

enum class TokenKind : uint8_t { end, name, delimited_name, string, number, date, symbol };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  // a string or delimited name without its quotes, escapes still in it; a
                          // date without @; a long with its L
  size_t position = 1;    // in bytes from 1
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}
  Result<Token> next();

 private:
  Result<bool> skip_blank();
  Result<Token> quoted(TokenKind kind, char quote);
  Token taken(TokenKind kind, size_t bytes);
  Error error(std::string_view what) const;

  std::string_view text_;
  size_t at_ = 0;
};

Error error_at(size_t position, std::string message);

}  // namespace tasuki::fhir::path
