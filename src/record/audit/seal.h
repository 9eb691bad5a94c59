// The kinds of line in an audit file: encrypted entries, seals that chain them, and marks of what a
// power cut tore. Layout: log.h.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_cipher_ctx_st;
struct hmac_ctx_st;

namespace tasuki::record {

struct AuditKeys {
  std::array<unsigned char, 32> cipher{}, seal{};
};
AuditKeys audit_keys(std::string_view database_key);

// HMAC-SHA256 of a purpose's name under the database's key: every other key of the house.
std::array<unsigned char, 32> derived_key(std::string_view database_key, std::string_view purpose);

// One key schedule for many entries. Nonce: four random bytes of this run, eight bytes counting up.
class EntryCipher {
 public:
  explicit EntryCipher(const AuditKeys& keys);
  ~EntryCipher();
  EntryCipher(const EntryCipher&) = delete;
  EntryCipher& operator=(const EntryCipher&) = delete;

  void encrypt(std::string_view entry, std::string& out);     // appends base64
  std::optional<std::string> decrypt(std::string_view line);  // nothing: not ours, or altered

 private:
  const AuditKeys& keys_;
  evp_cipher_ctx_st* context_;
  std::array<unsigned char, 12> nonce_{};
  uint64_t count_ = 0;
  std::string buffer_;
};

class SealHash {
 public:
  SealHash(const AuditKeys& keys, std::string_view previous);
  ~SealHash();
  SealHash(const SealHash&) = delete;
  SealHash& operator=(const SealHash&) = delete;
  void add(std::string_view bytes);
  std::string finish();  // 32 bytes

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Seal {
  uint64_t from = 0, to = 0;
  std::string previous, hash;  // 32 bytes each; previous is empty at the very first
};
std::string print(const Seal& seal);  // with its line end
std::optional<Seal> parse_seal(std::string_view line);

// Whole lines [from, to) among which some cannot be read any more: behind the last seal that holds
// when the program started, so nobody had been told that they were safe.
struct Torn {
  uint64_t from = 0, to = 0;
};
std::string print(const Torn& torn);  // with its line end
std::optional<Torn> parse_torn(std::string_view line);

// Where the chain stands after the last start.
struct LastSealed {
  std::string file;       // newest file's name; empty: none yet
  uint64_t to = 0;        // its bytes up to here are sealed
  uint64_t line_end = 0;  // where that seal's own line ends
  std::string hash;       // of the last seal that holds, of this file or the one before
};
Result<LastSealed> last_sealed(const std::filesystem::path& folder, const AuditKeys& keys);

// What of the file's whole lines from `begin` on is damaged; begin: the end of the last seal that
// holds. Nothing: all can be read.
std::optional<Torn> torn_behind(const std::filesystem::path& file, uint64_t begin,
                                const AuditKeys& keys);

}  // namespace tasuki::record
