// How a value becomes the bytes it is found by. One place, used by the writing and the asking side
// alike.
//
// Equality: a keyed hash (SipHash-128 under the database's own key) of scope|parameter|form|value,
// 88 bits kept. At 10^9 distinct terms the chance that a question hits any wrong one is 3e-18, so a
// hit is not verified; the key keeps an outsider from making two values collide
// (docs/decisions/0006-term-hashes.md). Prefixes: a short number of the parameter, then the folded
// text itself, cut at 60 bytes; longer is verified. Layout: 0x01 + 11 bytes hash, or 0x02 + 4 bytes
// parameter + text. No zero byte ever (store.h, Index).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tasuki::record {

struct HashKey {
  uint64_t first = 0, second = 0;
};

struct Hash128 {
  uint64_t low = 0, high = 0;
};

// SipHash-2-4 with 128-bit result (Aumasson, Bernstein).
Hash128 siphash(HashKey key, std::string_view bytes);

constexpr size_t text_bytes_max = 60;  // of a text term; longer texts are cut and verified
constexpr size_t uri_bytes_max = 150;  // of a uri term

// One search parameter of one type (or of all types, when it is Resource's), under a database's
// key.
class Field {
 public:
  Field(HashKey key, std::string_view scope, std::string_view code);

  // What the forms mean is the indexer's business; the letter keeps them apart.
  std::string term(char form, std::string_view first = {}, std::string_view second = {},
                   std::string_view third = {}) const;
  std::string text(std::string_view folded) const;  // cut at text_bytes_max
  std::string uri(std::string_view uri) const;      // cut at uri_bytes_max
  uint64_t group(char form, std::string_view part = {}) const;

 private:
  HashKey key_;
  uint64_t number_ = 0;
  std::array<char, 5> short_{};  // 0x02 and four bytes
};

// Text cut to at most so many bytes, never inside a character.
std::string_view cut(std::string_view utf8, size_t bytes_max);

}  // namespace tasuki::record
