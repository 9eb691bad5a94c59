#include "base/uuid.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace tasuki {
namespace {

using Bytes = std::array<unsigned char, 16>;

std::string print(Bytes bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex[bytes[i] >> 4];
    text += hex[bytes[i] & 15];
  }
  return text;
}

}  // namespace

std::string random_uuid() {
  // OpenSSL's generator takes a lock and ~1 µs a call: one call serves 64 ids.
  thread_local std::array<Bytes, 64> pool;
  thread_local size_t next = pool.size();
  if (next == pool.size()) {
    CHECK(RAND_bytes(pool[0].data(), sizeof pool) == 1);
    next = 0;
  }
  return print(pool[next++], 4);
}

std::string named_uuid(std::string_view space, std::string_view name) {
  std::string text;
  text.reserve(space.size() + 1 + name.size());
  text.append(space).append(1, '\0').append(name);
  // Fetched once: EVP_sha1() is looked up anew at each use.
  static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, sha1, nullptr) == 1);
  Bytes bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return print(bytes, 5);
}

}  // namespace tasuki
