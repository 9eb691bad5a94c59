#include "fhir/path/token.h"

#include <fmt/core.h>

#include <array>

namespace tasuki::fhir::path {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t count_while(std::string_view text, bool (*holds)(char)) {
  size_t count = 0;
  while (count < text.size() && holds(text[count]))
    ++count;
  return count;
}

bool is_name_character(char c) {
  return is_letter(c) || is_digit(c);
}
// "1", "1.5"; in "1.day" the point is a path's.
size_t number_bytes(std::string_view text) {
  size_t bytes = count_while(text, is_digit);
  if (bytes + 1 < text.size() && text[bytes] == '.' && is_digit(text[bytes + 1])) {
    bytes += 1 + count_while(text.substr(bytes + 1), is_digit);
  }
  return bytes;
}

// A date as far as it is one: "@2012+1 year" and "@2020-01-01.is(date)" go on with something else.
size_t date_bytes(std::string_view text) {
  size_t bytes = 0;
  const auto digits = [&](size_t at) {
    return count_while(text.substr(std::min(at, text.size())), is_digit);
  };
  const auto part = [&](char mark) {
    if (bytes >= text.size() || text[bytes] != mark || digits(bytes + 1) == 0) return false;
    bytes += 1 + digits(bytes + 1);
    return true;
  };
  bytes = digits(0);
  if (bytes > 0 && part('-')) part('-');
  if (bytes >= text.size() || text[bytes] != 'T') return bytes;
  if (digits(bytes + 1) == 0) return bytes + 1;
  part('T');
  if (part(':') && part(':')) part('.');
  if (bytes < text.size() && text[bytes] == 'Z') return bytes + 1;
  const auto zone = bytes;
  if (!part('+') && !part('-')) return bytes;
  return part(':') ? bytes : zone;
}

}  // namespace

Error error_at(size_t position, std::string message) {
  return Error{Error::Kind::invalid, std::move(message), fmt::format("character {}", position)};
}

Error Tokens::error(std::string_view what) const {
  return error_at(at_ + 1, std::string(what));
}

Token Tokens::taken(TokenKind kind, size_t bytes) {
  const Token token{kind, text_.substr(at_, bytes), at_ + 1};
  at_ += bytes;
  return token;
}

Result<bool> Tokens::skip_blank() {
  while (at_ < text_.size()) {
    const auto rest = text_.substr(at_);
    if (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r') {
      ++at_;
    } else if (rest.starts_with("//")) {
      at_ += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      const auto end = rest.find("*/", 2);
      if (end == std::string_view::npos) return error("This comment has no end: */ is missing.");
      at_ += end + 2;
    } else {
      break;
    }
  }
  return at_ < text_.size();
}

Result<Token> Tokens::quoted(TokenKind kind, char quote) {
  const size_t begin = at_ + 1;
  size_t end = begin;
  while (end < text_.size() && text_[end] != quote)
    end += text_[end] == '\\' ? 2u : 1u;
  if (end >= text_.size()) return error(fmt::format("The closing {} is missing.", quote));
  const Token token{kind, text_.substr(begin, end - begin), begin};
  at_ = end + 1;
  return token;
}

Result<Token> Tokens::next() {
  if (!TRY(skip_blank())) return Token{TokenKind::end, {}, text_.size() + 1};
  const auto rest = text_.substr(at_);
  const char first = rest[0];
  if (is_letter(first)) return taken(TokenKind::name, count_while(rest, is_name_character));
  if (is_digit(first)) {
    const auto bytes = number_bytes(rest);
    return taken(TokenKind::number, bytes + (rest.substr(bytes).starts_with('L') ? 1u : 0u));
  }
  if (first == '\'') return quoted(TokenKind::string, '\'');
  if (first == '`') return quoted(TokenKind::delimited_name, first);
  if (first == '@') {
    ++at_;
    return taken(TokenKind::date, date_bytes(rest.substr(1)));
  }
  constexpr std::array<std::string_view, 4> pairs = {"!=", "!~", "<=", ">="};
  for (const auto pair : pairs) {
    if (rest.starts_with(pair)) return taken(TokenKind::symbol, 2);
  }
  constexpr std::string_view singles = "()[]{}.,|=~<>&$%+-*/";
  if (singles.contains(first)) return taken(TokenKind::symbol, 1);
  if (first == '"') return error("A text stands in ' ', a name in ` `; not in double quotes.");
  return error("This character has no meaning in FHIRPath.");
}

}  // namespace tasuki::fhir::path
