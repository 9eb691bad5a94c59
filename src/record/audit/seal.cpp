#include "record/audit/seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include <fmt/core.h>

#include "base/check.h"
#include "record/audit/log.h"
#include "record/base64.h"

namespace tasuki::record {

namespace {

constexpr size_t tag_bytes = 16;
constexpr size_t block_bytes = size_t{1} << 20;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::vector<std::string> files_of(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".log") names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

Error broken(const std::string& file, uint64_t offset, std::string_view what) {
  return {Error::Kind::invalid, fmt::format("The audit trail is broken: {}.", what),
          fmt::format("{}, byte {}", file, offset)};
}

// Follows the chain through one file. `hash` goes in as the file before left it, and comes out as
// this one leaves it.
Result<LastSealed> follow(const std::filesystem::path& folder, const std::string& name,
                          const AuditKeys& keys, std::string hash) {
  std::ifstream file(folder / name, std::ios::binary);
  if (!file) return Error{Error::Kind::unavailable, "The audit file cannot be read.", name};
  LastSealed last{.file = name, .to = 0, .line_end = 0, .hash = std::move(hash)};
  auto sealing = std::make_unique<SealHash>(keys, last.hash);
  std::string line;
  uint64_t offset = 0;
  while (std::getline(file, line)) {
    const uint64_t end = offset + line.size() + (file.eof() ? 0 : 1);
    const auto seal = line.starts_with('{') ? parse_seal(line) : std::nullopt;
    if (line.starts_with('{') && !seal) return broken(name, offset, "a seal cannot be read");
    if (seal) {
      if (seal->from != last.to || seal->to != offset)
        return broken(name, offset, "a seal covers other bytes than stand before it");
      if (seal->previous != last.hash)
        return broken(name, offset, "a seal does not continue the one before");
      if (sealing->finish() != seal->hash)
        return broken(name, offset, "entries before a seal were changed");
      last.to = seal->to;
      last.line_end = end;
      last.hash = seal->hash;
      sealing = std::make_unique<SealHash>(keys, last.hash);
    }
    sealing->add(line);
    if (!file.eof()) sealing->add("\n");
    offset = end;
  }
  return last;
}

}  // namespace

std::array<unsigned char, 32> derived_key(std::string_view database_key, std::string_view purpose) {
  std::array<unsigned char, 32> key{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha256(), database_key.data(), static_cast<int>(database_key.size()),
             bytes_of(purpose), purpose.size(), key.data(), &size) != nullptr);
  return key;
}

AuditKeys audit_keys(std::string_view database_key) {
  return {.cipher = derived_key(database_key, "tasuki audit entries"),
          .seal = derived_key(database_key, "tasuki audit seals")};
}

EntryCipher::EntryCipher(const AuditKeys& keys) : keys_(keys), context_(EVP_CIPHER_CTX_new()) {
  CHECK(context_ != nullptr);
  CHECK(RAND_bytes(nonce_.data(), 4) == 1);
  CHECK(EVP_EncryptInit_ex(context_, EVP_aes_256_gcm(), nullptr, keys_.cipher.data(), nullptr) ==
        1);
}

EntryCipher::~EntryCipher() {
  EVP_CIPHER_CTX_free(context_);
}

void EntryCipher::encrypt(std::string_view entry, std::string& out) {
  ++count_;
  std::memcpy(nonce_.data() + 4, &count_, sizeof count_);
  buffer_.resize(nonce_.size() + entry.size() + tag_bytes);
  std::memcpy(buffer_.data(), nonce_.data(), nonce_.size());
  auto* body = bytes_of(buffer_) + nonce_.size();
  int size = 0;
  CHECK(EVP_EncryptInit_ex(context_, nullptr, nullptr, nullptr, nonce_.data()) == 1);
  CHECK(EVP_EncryptUpdate(context_, body, &size, bytes_of(entry), static_cast<int>(entry.size())) ==
        1);
  CHECK(EVP_EncryptFinal_ex(context_, body + size, &size) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_GET_TAG, tag_bytes, body + entry.size()) == 1);
  const size_t before = out.size();
  out.resize(before + (buffer_.size() + 2) / 3 * 4 + 1);
  const int written = EVP_EncodeBlock(bytes_of(out) + before, bytes_of(std::string_view(buffer_)),
                                      static_cast<int>(buffer_.size()));
  out.resize(before + static_cast<size_t>(written));
}

std::optional<std::string> EntryCipher::decrypt(std::string_view line) {
  auto bytes = from_base64(line);
  if (!bytes || bytes->size() < nonce_.size() + tag_bytes) return std::nullopt;
  const size_t text_bytes = bytes->size() - nonce_.size() - tag_bytes;
  auto* body = bytes_of(*bytes) + nonce_.size();
  std::string text(text_bytes, '\0');
  int size = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  const bool whole =
      EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, keys_.cipher.data(),
                         bytes_of(*bytes)) == 1 &&
      EVP_DecryptUpdate(context, bytes_of(text), &size, body, static_cast<int>(text_bytes)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, tag_bytes, body + text_bytes) == 1 &&
      EVP_DecryptFinal_ex(context, bytes_of(text) + size, &size) == 1;
  EVP_CIPHER_CTX_free(context);
  return whole ? std::optional(std::move(text)) : std::nullopt;
}

struct SealHash::State {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  ~State() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
  }
};

SealHash::SealHash(const AuditKeys& keys, std::string_view previous)
    : state_(std::make_unique<State>()) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                   OSSL_PARAM_construct_end()};
  CHECK(EVP_MAC_init(state_->context, keys.seal.data(), keys.seal.size(), parameters) == 1);
  add(previous);
}

SealHash::~SealHash() = default;

void SealHash::add(std::string_view bytes) {
  CHECK(EVP_MAC_update(state_->context, bytes_of(bytes), bytes.size()) == 1);
}

std::string SealHash::finish() {
  std::string hash(32, '\0');
  size_t size = 0;
  CHECK(EVP_MAC_final(state_->context, bytes_of(hash), &size, hash.size()) == 1 &&
        size == hash.size());
  return hash;
}

std::string print(const Seal& seal) {
  return fmt::format(
      "{{\"sealed\":{{\"from\":{},\"to\":{},\"previous\":\"{}\",\"hash\":\"{}\"}}}}\n", seal.from,
      seal.to, hex(seal.previous), hex(seal.hash));
}

std::optional<Seal> parse_seal(std::string_view line) {
  const std::string copy(line.substr(0, 300));
  unsigned long long from = 0, to = 0;
  int at = 0;
  if (std::sscanf(copy.c_str(), "{\"sealed\":{\"from\":%llu,\"to\":%llu,\"previous\":\"%n", &from,
                  &to, &at) != 2 ||
      at == 0) {
    return std::nullopt;
  }
  const std::string_view rest = std::string_view(copy).substr(static_cast<size_t>(at));
  const auto end = rest.find("\",\"hash\":\"");
  if (end == std::string_view::npos || rest.size() < end + 10 + 64) return std::nullopt;
  const auto previous = from_hex(rest.substr(0, end)), hash = from_hex(rest.substr(end + 10, 64));
  if (!previous || !hash) return std::nullopt;
  return Seal{.from = from, .to = to, .previous = *previous, .hash = *hash};
}

// The newest file says it: the first seal in it names the hash before it, the last one where it
// stands. A file without a seal was cut off before its first one, so its predecessor says it.
Result<LastSealed> last_sealed(const std::filesystem::path& folder) {
  const auto names = files_of(folder);
  LastSealed found;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    std::ifstream file(folder / *name, std::ios::binary);
    // A seal follows each batch of at most 100 ms, so the last one stands within the last few
    // megabytes.
    constexpr std::streamoff tail_bytes_max = std::streamoff{8} << 20;
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg(),
                         begin = std::max<std::streamoff>(0, size - tail_bytes_max);
    std::string tail(static_cast<size_t>(size - begin), '\0');
    file.seekg(begin);
    file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    if (found.file.empty()) found.file = *name;
    const auto at = tail.rfind("{\"sealed\"");
    if (at == std::string::npos) continue;
    const auto end = tail.find('\n', at);
    const auto seal =
        parse_seal(std::string_view(tail).substr(at, end == std::string::npos ? end : end - at));
    if (!seal)
      return broken(*name, static_cast<uint64_t>(begin) + at, "the last seal cannot be read");
    found.hash = seal->hash;
    if (found.file == *name) {
      found.to = seal->to;
      found.line_end =
          static_cast<uint64_t>(begin) + (end == std::string::npos ? tail.size() : end + 1);
    }
    return found;
  }
  return found;
}

Result<void> verify_audit(const std::filesystem::path& folder, std::string_view key) {
  const auto keys = audit_keys(key);
  std::string hash;
  for (const auto& name : files_of(folder))
    hash = TRY(follow(folder, name, keys, hash)).hash;
  return {};
}

Result<void> read_audit(const std::filesystem::path& folder, std::string_view key,
                        const std::function<void(std::string_view entry)>& use) {
  const auto keys = audit_keys(key);
  EntryCipher cipher(keys);
  for (const auto& name : files_of(folder)) {
    std::ifstream file(folder / name, std::ios::binary);
    std::string line;
    for (uint64_t number = 1; std::getline(file, line); ++number) {
      if (line.empty() || line.starts_with('{')) continue;
      const auto entry = cipher.decrypt(line);
      if (!entry && !file.eof())
        return broken(name, number, "a line cannot be decrypted (the number is the line's)");
      if (entry) use(*entry);
    }
  }
  return {};
}

}  // namespace tasuki::record
