// encode, decode, escape, unescape. FHIRPath 2.0, additional string functions (trial use).
#include <fmt/core.h>

#include <array>

#include "base/utf8.h"
#include "fhir/path/function.h"
#include "fhir/path/literal.h"
#include "json/print.h"

namespace tasuki::fhir::path {
namespace {

constexpr std::string_view base64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex = "0123456789abcdef";

std::string in_base64(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t piece = 0;
    for (size_t j = 0; j < 3; ++j)
      piece = piece << 8 | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j)
      out += i + j <= bytes.size() ? base64[piece >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

std::optional<std::string> of_base64(std::string_view text) {
  while (text.ends_with('='))
    text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  uint32_t piece = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = base64.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    piece = piece << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(piece >> bits & 0xFF);
  }
  return out;
}

std::string in_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += hex[static_cast<uint8_t>(c) >> 4];
    out += hex[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

std::optional<std::string> of_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    int byte = 0;
    for (const char c : text.substr(i, 2)) {
      const char low = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const auto digit = hex.find(low);
      if (digit == std::string_view::npos) return std::nullopt;
      byte = byte * 16 + static_cast<int>(digit);
    }
    out += static_cast<char>(byte);
  }
  return out;
}

std::string exchanged(std::string text, std::string_view from, std::string_view to) {
  for (char& c : text) {
    if (const auto place = from.find(c); place != std::string_view::npos) c = to[place];
  }
  return text;
}

struct Entity {
  char character;
  std::string_view name;
};
constexpr std::array<Entity, 5> entities = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};

std::string in_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    std::string_view part(&c, 1);
    for (const auto& entity : entities) {
      if (entity.character == c) part = entity.name;
    }
    out += part;
  }
  return out;
}

std::string of_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view part = text.substr(0, 1), becomes = part;
    for (const auto& entity : entities) {
      if (!text.starts_with(entity.name)) continue;
      part = entity.name;
      becomes = {&entity.character, 1};
    }
    out += becomes;
    text.remove_prefix(part.size());
  }
  return out;
}

std::string in_json(std::string_view text) {
  std::string quoted;
  json::print_string(text, quoted);
  return quoted.substr(1, quoted.size() - 2);
}

// What is no escape of JSON stays as it is.
std::string of_json(std::string_view text) {
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    const auto place = next == '\0' ? std::string_view::npos : letters.find(next);
    if (next == 'u') {
      out += unescaped(text.substr(i, 6));
      i += 5;
    } else if (place == std::string_view::npos) {
      out += text[i];
    } else {
      out += meanings[place];
      ++i;
    }
  }
  return out;
}

std::optional<std::string> encoded(std::string_view text, std::string_view form) {
  if (form == "base64") return in_base64(text);
  if (form == "urlbase64") return exchanged(in_base64(text), "+/", "-_");
  if (form == "hex") return in_hex(text);
  return std::nullopt;
}
std::optional<std::string> decoded(std::string_view text, std::string_view form) {
  if (form == "base64") return of_base64(text);
  if (form == "urlbase64") return of_base64(exchanged(std::string(text), "-_", "+/"));
  if (form == "hex") return of_hex(text);
  return std::nullopt;
}
std::optional<std::string> escaped(std::string_view text, std::string_view form) {
  if (form == "html") return in_html(text);
  if (form == "json") return in_json(text);
  return std::nullopt;
}
std::optional<std::string> unescaped_of(std::string_view text, std::string_view form) {
  if (form == "html") return of_html(text);
  if (form == "json") return of_json(text);
  return std::nullopt;
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto point = utf8::first(text.substr(at));
    if (!point.valid) return false;
    at += point.size;
  }
  return true;
}

template <std::optional<std::string> (*change)(std::string_view, std::string_view)>
void changed(Call& call, Items& out) {
  const auto text = call.text();
  const auto form = text ? call.text_argument(0) : std::nullopt;
  if (!form) return;
  const auto result = change(*text, *form);
  if (!result || !is_utf8(*result))
    return call.fail(
        fmt::format("{}('{}') cannot be done to this text; encode and decode know "
                    "base64, urlbase64 and hex, escape and unescape know html and json.",
                    call.node.name, *form));
  out.push_back(call.evaluator.text(*result));
}

constexpr Function encoding_table[] = {
    {"encode", 1, 1, changed<encoded>},
    {"decode", 1, 1, changed<decoded>},
    {"escape", 1, 1, changed<escaped>},
    {"unescape", 1, 1, changed<unescaped_of>},
};

}  // namespace

std::span<const Function> encoding_functions() {
  return encoding_table;
}

}  // namespace tasuki::fhir::path
