#include "server/api/parameters.h"

#include "base/text.h"

namespace tasuki::server::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += hex[byte >> 4];
    encoded += hex[byte & 15];
  }
  return encoded;
}

std::vector<Parameter> parameters_of(std::string_view query) {
  std::vector<Parameter> parameters;
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view raw = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (raw.empty()) continue;
    const size_t equals = raw.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : raw.substr(equals + 1);
    parameters.push_back(
        {raw, percent_decoded(raw.substr(0, equals)).value_or(std::string(raw.substr(0, equals))),
         percent_decoded(value).value_or(std::string(value))});
  }
  return parameters;
}

bool is_text(std::string_view query) {
  return is_utf8(query) && (!query.contains('%') || is_utf8(percent_decoded(query).value_or("")));
}

std::string without(std::string_view query, std::initializer_list<std::string_view> names) {
  std::string kept;
  for (const Parameter& parameter : parameters_of(query)) {
    if (std::find(names.begin(), names.end(), parameter.name) != names.end()) continue;
    if (!kept.empty()) kept += '&';
    kept += parameter.raw;
  }
  return kept;
}

}  // namespace tasuki::server::api
