#include "fhir/search/escape.h"

#include <fmt/core.h>

#include "base/text.h"
#include "base/utf8.h"

namespace tasuki::fhir::search {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~:/,$*").contains(c);
}

}  // namespace

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 1 < text.size() ? hex(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return Error{Error::Kind::invalid,
                     "After % two hexadecimal digits should stand; a % itself is %25.",
                     fmt::format("byte {} of '{}'", i, utf8::head(text, 64))};
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!is_utf8(out) || out.contains('\0')) {
    return Error{Error::Kind::invalid, "The decoded text should be UTF-8 without zero bytes.",
                 fmt::format("'{}'", utf8::head(text, 64))};
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_kept(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      pieces.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

Result<std::string> unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (++i >= text.size() || !std::string_view(",|$\\").contains(text[i])) {
        return Error{Error::Kind::invalid,
                     R"(After \ one of , | $ \ should stand; a \ itself is \\.)",
                     fmt::format("'{}'", text)};
      }
    }
    out += text[i];
  }
  return out;
}

}  // namespace tasuki::fhir::search
