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

// Calls use(line, offset, whole) for each line; whole: it has its line end.
template <class Use>
Result<void> each_line(const std::filesystem::path& path, uint64_t begin, Use&& use) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error{Error::Kind::unavailable, "The audit file cannot be read.", path.filename()};
  file.seekg(static_cast<std::streamoff>(begin));
  std::string line;
  for (uint64_t offset = begin; std::getline(file, line);) {
    const bool whole = !file.eof();
    TRY(use(std::string_view(line), offset, whole));
    offset += line.size() + (whole ? 1 : 0);
  }
  return {};
}

class TornParts {
 public:
  static Result<TornParts> of(const std::filesystem::path& path) {
    TornParts found;
    TRY(each_line(path, 0, [&](std::string_view line, uint64_t, bool) -> Result<void> {
      if (const auto torn = parse_torn(line)) found.parts_.push_back(*torn);
      return {};
    }));
    return found;
  }
  bool cover(uint64_t offset) const {
    return std::ranges::any_of(
        parts_, [&](const Torn& part) { return part.from <= offset && offset < part.to; });
  }
  const std::vector<Torn>& parts() const { return parts_; }

 private:
  std::vector<Torn> parts_;
};

// Follows the chain through one file, which holds this.
class Chain {
 public:
  Chain(std::string name, const AuditKeys& keys, std::string hash, const TornParts& torn)
      : name_(std::move(name)), keys_(keys), torn_(torn), hash_(std::move(hash)) {
    begin();
  }

  Result<void> add(std::string_view line, uint64_t offset, bool whole) {
    const bool is_mark = line.starts_with('{') && !torn_.cover(offset) && !parse_torn(line);
    if (is_mark) {
      const auto seal = parse_seal(line);
      if (!seal) return broken(name_, offset, "a seal cannot be read");
      TRY(take(*seal, offset));
    }
    sealing_->add(line);
    if (whole) sealing_->add("\n");
    return {};
  }
  const std::string& hash() const { return hash_; }

 private:
  Result<void> take(const Seal& seal, uint64_t offset) {
    if (seal.from != to_ || seal.to != offset)
      return broken(name_, offset, "a seal covers other bytes than stand before it");
    if (seal.previous != hash_)
      return broken(name_, offset, "a seal does not continue the one before");
    if (sealing_->finish() != seal.hash)
      return broken(name_, offset, "entries before a seal were changed");
    to_ = seal.to;
    hash_ = seal.hash;
    begin();
    return {};
  }
  void begin() { sealing_ = std::make_unique<SealHash>(keys_, hash_); }

  const std::string name_;
  const AuditKeys& keys_;
  const TornParts& torn_;
  std::string hash_;
  uint64_t to_ = 0;
  std::unique_ptr<SealHash> sealing_;
};

// Whether the seal at `offset` is what its bytes say.
bool holds(std::ifstream& file, const Seal& seal, uint64_t offset, const AuditKeys& keys) {
  if (seal.to != offset || seal.from > seal.to) return false;
  SealHash hash(keys, seal.previous);
  std::string block;
  file.clear();
  file.seekg(static_cast<std::streamoff>(seal.from));
  for (uint64_t at = seal.from; at < seal.to; at += block.size()) {
    block.resize(std::min<uint64_t>(block_bytes, seal.to - at));
    if (!file.read(block.data(), static_cast<std::streamsize>(block.size()))) return false;
    hash.add(block);
  }
  return hash.finish() == seal.hash;
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

std::string print(const Torn& torn) {
  return fmt::format("{{\"torn\":{{\"from\":{},\"to\":{}}}}}\n", torn.from, torn.to);
}

std::optional<Torn> parse_torn(std::string_view line) {
  const std::string copy(line.substr(0, 100));
  unsigned long long from = 0, to = 0;
  int end = 0;
  if (std::sscanf(copy.c_str(), "{\"torn\":{\"from\":%llu,\"to\":%llu}}%n", &from, &to, &end) !=
          2 ||
      static_cast<size_t>(end) != line.size())
    return std::nullopt;
  return Torn{.from = from, .to = to};
}

// The newest file says it, by its last seal that holds: a power cut may have torn the very last
// one, or what it covers. A file without one was cut off before its first, so its predecessor says
// it.
Result<LastSealed> last_sealed(const std::filesystem::path& folder, const AuditKeys& keys) {
  const auto names = files_of(folder);
  LastSealed found;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    std::ifstream file(folder / *name, std::ios::binary);
    // A seal follows each batch of at most 100 ms, so the last ones stand within the last few
    // megabytes.
    constexpr std::streamoff tail_bytes_max = std::streamoff{8} << 20;
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg(),
                         begin = std::max<std::streamoff>(0, size - tail_bytes_max);
    std::string tail(static_cast<size_t>(size - begin), '\0');
    file.seekg(begin);
    file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    if (found.file.empty()) found.file = *name;
    for (size_t at = tail.rfind("{\"sealed\""); at != std::string::npos;
         at = at == 0 ? std::string::npos : tail.rfind("{\"sealed\"", at - 1)) {
      const auto end = tail.find('\n', at);
      const auto seal =
          parse_seal(std::string_view(tail).substr(at, end == std::string::npos ? end : end - at));
      if (!seal || !holds(file, *seal, static_cast<uint64_t>(begin) + at, keys)) continue;
      found.hash = seal->hash;
      if (found.file == *name) {
        found.to = seal->to;
        found.line_end =
            static_cast<uint64_t>(begin) + (end == std::string::npos ? tail.size() : end + 1);
      }
      return found;
    }
  }
  return found;
}

std::optional<Torn> torn_behind(const std::filesystem::path& file, uint64_t begin,
                                const AuditKeys& keys) {
  EntryCipher cipher(keys);
  std::optional<Torn> torn;
  const auto read =
      each_line(file, begin, [&](std::string_view line, uint64_t offset, bool) -> Result<void> {
        if (line.empty() || parse_torn(line) || cipher.decrypt(line)) return {};
        if (!torn) torn = Torn{.from = offset};
        torn->to = offset + line.size() + 1;
        return {};
      });
  return read ? torn : std::nullopt;
}

Result<std::vector<TornAudit>> verify_audit(const std::filesystem::path& folder,
                                            std::string_view key) {
  const auto keys = audit_keys(key);
  std::string hash;
  std::vector<TornAudit> all;
  for (const auto& name : files_of(folder)) {
    const auto torn = TRY(TornParts::of(folder / name));
    Chain chain(name, keys, hash, torn);
    TRY(each_line(folder / name, 0, [&](std::string_view line, uint64_t offset, bool whole) {
      return chain.add(line, offset, whole);
    }));
    hash = chain.hash();
    for (const Torn& part : torn.parts())
      all.push_back({.file = name, .from = part.from, .to = part.to});
  }
  return all;
}

Result<void> read_audit(const std::filesystem::path& folder, std::string_view key,
                        const std::function<void(std::string_view entry)>& use) {
  const auto keys = audit_keys(key);
  EntryCipher cipher(keys);
  for (const auto& name : files_of(folder)) {
    const auto torn = TRY(TornParts::of(folder / name));
    TRY(each_line(folder / name, 0,
                  [&](std::string_view line, uint64_t offset, bool whole) -> Result<void> {
                    if (line.empty() || line.starts_with('{')) return {};
                    const auto entry = cipher.decrypt(line);
                    if (!entry && whole && !torn.cover(offset))
                      return broken(name, offset, "a line cannot be decrypted");
                    if (entry) use(*entry);
                    return {};
                  }));
  }
  return {};
}

}  // namespace tasuki::record
