// HL7 v2.5 2.7: escape sequences. \F\ \S\ \T\ \R\ \E\ are the delimiters, \Xdd..\ bytes, \.br\ and
// kin are layout.
#include <charconv>
#include <optional>

#include "formats/hl7v2/content.h"

namespace tasuki::hl7v2 {
namespace {

constexpr std::string_view yen = "\xC2\xA5";

std::optional<std::string> bytes_of_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (error != std::errc{} || end != hex.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// .br .sp<n> .ce end a line; .sk<n> skips n blanks; .fi .nf .in .ti set a layout that plain text
// does not have.
std::optional<std::string> layout(std::string_view command) {
  constexpr size_t repeat_max = 100;
  const auto name = command.substr(0, 2);
  size_t times = 1;
  std::from_chars(command.data() + name.size(), command.data() + command.size(), times);
  times = std::min(times, repeat_max);
  if (name == "br" || name == "ce") return "\n";
  if (name == "sp") return std::string(times, '\n');
  if (name == "sk") return std::string(times, ' ');
  if (name == "fi" || name == "nf" || name == "in" || name == "ti") return "";
  return std::nullopt;
}

// What stands between two escape characters, resolved; nothing when it is no escape sequence.
std::optional<std::string> resolved(std::string_view inside, const Delimiters& delimiters,
                                    Charset charset) {
  if (inside.empty()) return std::nullopt;
  if (inside.size() == 1) {
    switch (inside.front()) {
      case 'F':
        return std::string(1, delimiters.field);
      case 'S':
        return std::string(1, delimiters.component);
      case 'T':
        return std::string(1, delimiters.subcomponent);
      case 'R':
        return std::string(1, delimiters.repetition);
      case 'E':
        return std::string(1, delimiters.escape);
      case 'H':
      case 'N':
        return "";  // highlighting on, off
      default:
        return std::nullopt;
    }
  }
  if (inside.front() == 'X') {
    const auto bytes = bytes_of_hex(inside.substr(1));
    if (!bytes) return std::nullopt;
    return decode(*bytes, charset, {.roman_overline_is_tilde = true}).text;
  }
  if (inside.front() == '.') return layout(inside.substr(1));
  return std::nullopt;  // \C..\ \M..\ \Z..\: no sender in Japan is known to use them; kept as
                        // written
}

}  // namespace

std::string detail::unescaped(std::string_view written, const Delimiters& delimiters,
                              Charset charset) {
  std::string out;
  while (!written.empty()) {
    // ¥ and \ share 0x5C in JIS X 0201: either opens an escape, and it must close with the same.
    const size_t backslash = written.find(delimiters.escape);
    const size_t yen_sign = written.find(yen);
    const size_t open = std::min(backslash, yen_sign);
    if (open == written.npos) break;
    const std::string_view mark = backslash < yen_sign ? written.substr(open, 1) : yen;
    const size_t inside_begin = open + mark.size();
    const size_t close = written.find(mark, inside_begin);
    const auto text =
        close == written.npos
            ? std::nullopt
            : resolved(written.substr(inside_begin, close - inside_begin), delimiters, charset);
    out += written.substr(0, open);
    if (text)
      out += *text;
    else
      out += mark;
    written.remove_prefix(text ? close + mark.size() : inside_begin);
  }
  out += written;
  return out;
}

std::string escaped(std::string_view text, const Delimiters& delimiters) {
  std::string out;
  out.reserve(text.size());
  const auto put = [&](std::string_view letter) {
    out += delimiters.escape;
    out += letter;
    out += delimiters.escape;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == delimiters.field)
      put("F");
    else if (c == delimiters.component)
      put("S");
    else if (c == delimiters.subcomponent)
      put("T");
    else if (c == delimiters.repetition)
      put("R");
    else if (c == delimiters.escape)
      put("E");
    else if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      put(".br");
    } else
      out += c;
  }
  return out;
}

}  // namespace tasuki::hl7v2
