#include "fhir/graphql/token.h"

#include <fmt/core.h>

#include "base/utf8.h"

namespace tasuki::fhir::graphql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// 2.9.1, 2.9.2: -0, 12, 1.5, 6.02e23; no leading zero.
size_t number_length(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && is_digit(text[at]))
      ++at;
    return at - from;
  };
  const size_t whole_from = at;
  const size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[whole_from] == '0')) return 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return 0;
  }
  if (at < text.size() && (begins_name(text[at]) || text[at] == '.')) return 0;
  return at;
}

}  // namespace

std::string text_of(Place place) {
  return fmt::format("line {}, column {}", place.line, place.column);
}

Error Tokens::wrong(Place place, std::string_view what) const {
  return {Error::Kind::invalid, std::string(what), text_of(place)};
}

char Tokens::at(size_t ahead) const {
  return next_ + ahead < text_.size() ? text_[next_ + ahead] : '\0';
}

void Tokens::step(size_t count) {
  for (; count > 0 && next_ < text_.size(); --count, ++next_) {
    const bool line_ends = text_[next_] == '\n' || (text_[next_] == '\r' && at(1) != '\n');
    place_ = line_ends ? Place{place_.line + 1, 1} : Place{place_.line, place_.column + 1};
  }
}

void Tokens::skip_ignored() {
  if (text_.substr(next_).starts_with("\xef\xbb\xbf")) next_ += 3;
  for (;;) {
    const char c = at();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
      step();
    } else if (c == '#') {
      while (next_ < text_.size() && at() != '\n' && at() != '\r')
        step();
    } else {
      return;
    }
  }
}

Result<Token> Tokens::next() {
  if (++count_ > tokens_max)
    return Error{Error::Kind::too_costly, fmt::format("A query has at most {} words.", tokens_max),
                 text_of(place_)};
  skip_ignored();
  Token token{.kind = Token::Kind::end, .text = {}, .place = place_};
  if (next_ >= text_.size()) return token;
  const std::string_view left = text_.substr(next_);
  const char c = left.front();
  size_t length = 0;
  if (begins_name(c)) {
    while (length < left.size() && (begins_name(left[length]) || is_digit(left[length])))
      ++length;
    token.kind = Token::Kind::name;
  } else if (is_digit(c) || c == '-') {
    length = number_length(left);
    if (length == 0) return wrong(place_, "A number is written 12, -3, 1.5 or 6.0e2.");
    token.kind = Token::Kind::number;
  } else if (c == '"') {
    token.kind = Token::Kind::string;
    token.text = left.starts_with("\"\"\"") ? TRY(block()) : TRY(string());
    return token;
  } else {
    length = left.starts_with("...") ? 3 : 1;
    if (length == 1 && std::string_view("!$&():=@[]{|}").find(c) == std::string_view::npos)
      return wrong(place_, "This character has no meaning in a query.");
    token.kind = Token::Kind::mark;
  }
  token.text = left.substr(0, length);
  step(length);
  return token;
}

// 2.9.4
Result<std::string> Tokens::string() {
  const Place begun = place_;
  step();
  std::string out;
  for (;;) {
    const char c = at();
    if (next_ >= text_.size() || c == '\n' || c == '\r')
      return wrong(begun, "This string is not closed on its line.");
    if (c == '"') break;
    if (static_cast<unsigned char>(c) < ' ' && c != '\t')
      return wrong(place_, "A string holds no control characters; write them as \\u0000.");
    step();
    if (c != '\\') {
      out += c;
    } else {
      TRY(escape(out));
    }
  }
  step();
  return out;
}

Result<uint32_t> Tokens::code_unit() {
  uint32_t unit = 0;
  for (int i = 0; i < 4; ++i, step()) {
    const char c = at();
    const uint32_t digit = is_digit(c)            ? static_cast<uint32_t>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a' + 10)
                           : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A' + 10)
                                                  : 16U;
    if (digit == 16) return wrong(place_, "\\u is followed by four hexadecimal digits.");
    unit = unit << 4U | digit;
  }
  return unit;
}

Result<void> Tokens::escape(std::string& out) {
  constexpr std::string_view named = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
  const Place begun = place_;
  const char c = at();
  if (const size_t found = named.find(c); c != '\0' && found != std::string_view::npos) {
    step();
    out += meant[found];
    return {};
  }
  if (c != 'u') return wrong(begun, "After \\ stands one of \" \\ / b f n r t u.");
  step();
  uint32_t point = TRY(code_unit());
  if (point >= 0xd800 && point < 0xdc00 && at() == '\\' && at(1) == 'u') {
    step(2);
    const uint32_t low = TRY(code_unit());
    point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((point - 0xd800) << 10U) + (low - 0xdc00)
                                          : 0xd800;
  }
  if (point >= 0xd800 && point < 0xe000) return wrong(begun, "Half of a surrogate pair.");
  utf8::append(out, static_cast<char32_t>(point));
  return {};
}

// 2.9.4, block strings: as they stand. Their common indentation is kept: a search value has none.
Result<std::string> Tokens::block() {
  const Place begun = place_;
  step(3);
  std::string out;
  while (next_ < text_.size()) {
    const std::string_view left = text_.substr(next_);
    if (left.starts_with("\"\"\"")) {
      step(3);
      return out;
    }
    if (left.starts_with("\\\"\"\"")) {
      out += "\"\"\"";
      step(4);
      continue;
    }
    out += left.front();
    step();
  }
  return wrong(begun, "This block string is not closed.");
}

}  // namespace tasuki::fhir::graphql
