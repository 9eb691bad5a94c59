// UTF-8, one code point at a time: what text.cpp and charset.cpp share.
//
// Standard: Unicode 15, 3.9, table 3-7 (well-formed sequences: no surrogates, no overlong forms).
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tasuki::utf8 {

constexpr char32_t replacement = 0xFFFD;

struct CodePoint {
  char32_t value;
  uint8_t size;  // bytes read; 1 where the bytes are not well-formed, and value is U+FFFD
  bool valid;
};

// The code point at the start of a non-empty text.
inline CodePoint first(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto follows = [&](size_t i, uint8_t low = 0x80, uint8_t high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const auto bits = [&](size_t i) { return static_cast<char32_t>(byte(i) & 0x3F); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead >= 0xC2 && lead <= 0xDF && follows(1))
    return {(static_cast<char32_t>(lead & 0x1F) << 6) | bits(1), 2, true};
  if (lead >= 0xE0 && lead <= 0xEF &&
      follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2))
    return {(static_cast<char32_t>(lead & 0x0F) << 12) | (bits(1) << 6) | bits(2), 3, true};
  if (lead >= 0xF0 && lead <= 0xF4 &&
      follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) &&
      follows(3))
    return {(static_cast<char32_t>(lead & 0x07) << 18) | (bits(1) << 12) | (bits(2) << 6) | bits(3),
            4, true};
  return {replacement, 1, false};
}

enum class StopsAt : uint8_t { malformed, private_use };  // the latter: at either

// How many bytes from the start are well-formed: ASCII eight at a time, kana and kanji (three
// bytes) without a detour.
inline size_t well_formed(std::string_view text, StopsAt stops = StopsAt::malformed) {
  constexpr uint64_t high_bits = 0x8080808080808080;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  size_t at = 0;
  while (at < text.size()) {
    uint64_t eight = 0;
    if (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & high_bits) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const uint8_t lead = byte(at);
    if (lead < 0x80) {
      ++at;
    } else if (lead > 0xE0 && lead < 0xED && at + 2 < text.size() && follows(at + 1) &&
               follows(at + 2)) {
      at += 3;
    } else {
      const auto point = first(text.substr(at));
      const bool is_private = point.value >= 0xE000 && point.value <= 0xF8FF;
      if (!point.valid || (is_private && stops == StopsAt::private_use)) return at;
      at += point.size;
    }
  }
  return at;
}

// The beginning of a text as a message may quote it: at most so many bytes, no character cut in
// half, nothing that is not well-formed.
inline std::string_view head(std::string_view text, size_t bytes_max) {
  const std::string_view beginning = text.substr(0, bytes_max);
  return beginning.substr(0, well_formed(beginning));
}

inline void append(std::string& text, char32_t point) {
  char bytes[4];  // at once: text in Japanese is three calls a character otherwise
  size_t size = 0;
  const auto put = [&](char32_t value) { bytes[size++] = static_cast<char>(value); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
  text.append(bytes, size);
}

}  // namespace tasuki::utf8
