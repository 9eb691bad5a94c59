#include "record/secret.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <semaphore>

#include <fmt/core.h>

#include "base/check.h"

namespace tasuki::record {

namespace {

// argon2id: 19 MiB, 2 rounds: 0.044 s on the 2-core target (security.md 1.8). Two at once, so that
// a flood of sign-ins cannot eat the memory.
constexpr uint32_t argon2_kib = 19 * 1024, argon2_rounds = 2, argon2_lanes = 1;
constexpr size_t hash_bytes = 32;
std::counting_semaphore<2> hashing(2);

}  // namespace

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

std::string sha256(std::string_view text) {
  // Fetched once: EVP_sha256() is looked up anew at each use, which is each request's token.
  static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string hash(32, '\0');
  CHECK(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(hash.data()), nullptr,
                   method, nullptr) == 1);
  return hash;
}

std::string argon2id(std::string_view password, std::string_view salt) {
  std::string hash(hash_bytes, '\0');
  hashing.acquire();
  const int outcome =
      argon2id_hash_raw(argon2_rounds, argon2_kib, argon2_lanes, password.data(), password.size(),
                        salt.data(), salt.size(), hash.data(), hash.size());
  hashing.release();
  CHECK(outcome == ARGON2_OK);
  return hash;
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=' || c == ' ') continue;
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a'
                      : c >= '2' && c <= '7' ? c - '2' + 26
                                             : -1;
    if (value < 0) return std::nullopt;
    bits = bits << 5 | static_cast<uint32_t>(value);
    count += 5;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

std::string totp(std::string_view secret, int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (size_t i = 0; i < 8; ++i)
    counter[i] = static_cast<unsigned char>(static_cast<uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, 20> mac{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
             counter.size(), mac.data(), &size) != nullptr);
  const size_t at = mac[19] & 15;
  const uint32_t number =
      (static_cast<uint32_t>(mac[at] & 0x7f) << 24 | static_cast<uint32_t>(mac[at + 1]) << 16 |
       static_cast<uint32_t>(mac[at + 2]) << 8 | mac[at + 3]) %
      1'000'000;
  return fmt::format("{:06}", number);
}

int64_t totp_step(Instant time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch() /
         std::chrono::seconds(30);
}

}  // namespace tasuki::record
