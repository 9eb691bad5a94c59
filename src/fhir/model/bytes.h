// Numbers and texts in a row of bytes: how a package image writes what has no fixed size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tasuki::fhir {

// LEB128: seven bits a byte, the low ones first.
inline void put_number(std::string& out, uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

inline void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

// Reads what was put. After the first number or text that is not there everything is zero and
// `is_sound` says so: the caller asks once, at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  std::string_view text() {
    const uint64_t size = number();
    if (size > left_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

  // A count of things of which each takes a byte at least.
  size_t count() {
    const uint64_t value = number();
    if (value <= left_.size()) return static_cast<size_t>(value);
    fail();
    return 0;
  }

  bool is_sound() const { return is_sound_; }
  bool is_at_end() const { return left_.empty(); }

 private:
  void fail() {
    is_sound_ = false;
    left_ = {};
  }

  std::string_view left_;
  bool is_sound_ = true;
};

}  // namespace tasuki::fhir
