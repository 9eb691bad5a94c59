#include "store/pack.h"

#include <openssl/evp.h>
#include <zstd.h>

#include <memory>
#include <vector>

#include "base/check.h"
#include "base/guarded.h"
#include "store/store.h"

namespace tasuki::store {
namespace {

constexpr char as_is = 0;
constexpr char with_dictionary_1 = 1;

// Bytes left of what a region's messages become (1,684 resources, mean 1.1 KB) and time in a loop:
// level 3 0.264, 14 us; level 1 0.272, 11 us; level -1, which leaves literals as they are, 0.302, 6
// us.
constexpr int level = -1;
constexpr size_t room_bytes_kept = size_t{1} << 20U;  // of a context, between two bodies

struct Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::vector<char> room;  // kept: fresh room would be cleared, filled, and copied
  ~Compressor() { ZSTD_freeCCtx(context); }
};
struct Decompressor {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ~Decompressor() { ZSTD_freeDCtx(context); }
};

// Contexts are a quarter of a megabyte and slow to make. The one given back last is taken first:
// its tables still lie in a processor's cache, which those of thirty-two threads would not.
template <class Context>
class Lease {
 public:
  Lease() : held_(take()) {}
  ~Lease() { give(std::move(held_)); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Context* operator->() const { return held_.get(); }

 private:
  using Held = std::unique_ptr<Context>;
  static Guarded<std::vector<Held>>& free() {
    static Guarded<std::vector<Held>> contexts;
    return contexts;
  }
  static Held take() {
    return free().with([](auto& contexts) {
      if (contexts.empty()) return std::make_unique<Context>();
      Held last = std::move(contexts.back());
      contexts.pop_back();
      return last;
    });
  }
  static void give(Held context) {
    free().with([&](auto& contexts) { contexts.push_back(std::move(context)); });
  }

  Held held_;
};

// Digested dictionaries are shared.
const ZSTD_CDict* compression_dictionary() {
  static const std::unique_ptr<ZSTD_CDict, decltype(&ZSTD_freeCDict)> digested(
      ZSTD_createCDict(dictionary_1().data(), dictionary_1().size(), level), ZSTD_freeCDict);
  return digested.get();
}

const ZSTD_DDict* decompression_dictionary() {
  static const std::unique_ptr<ZSTD_DDict, decltype(&ZSTD_freeDDict)> digested(
      ZSTD_createDDict(dictionary_1().data(), dictionary_1().size()), ZSTD_freeDDict);
  return digested.get();
}

Error damaged(const char* why) {
  return {Error::Kind::internal, std::string("Stored bytes cannot be unpacked: ") + why, {}};
}

}  // namespace

std::string pack_bytes(std::string_view plain) {
  const Lease<Compressor> compressor;
  auto& room = compressor->room;
  const size_t bound = ZSTD_compressBound(plain.size());
  if (room.size() < bound) room.resize(bound);
  const size_t size =
      ZSTD_compress_usingCDict(compressor->context, room.data(), room.size(), plain.data(),
                               plain.size(), compression_dictionary());
  CHECK(!ZSTD_isError(size));  // the room suffices by definition; only an empty machine is left
  const bool shorter = size < plain.size();
  std::string packed;
  packed.reserve(1 + (shorter ? size : plain.size()));
  packed += shorter ? with_dictionary_1 : as_is;
  packed += shorter ? std::string_view(room.data(), size) : plain;
  if (room.size() > room_bytes_kept) room = {};
  return packed;
}

Result<std::string> unpack_bytes(std::string_view packed) {
  std::string plain;
  TRY(unpack_into(packed, plain));
  return plain;
}

Result<void> unpack_into(std::string_view packed, std::string& plain) {
  plain.clear();
  if (packed.empty()) return {};
  const auto frame = packed.substr(1);
  if (packed[0] == as_is) {
    plain = frame;
    return {};
  }
  if (packed[0] != with_dictionary_1)
    return damaged("they name a packing this program does not know");

  const Lease<Decompressor> decompressor;
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > unpacked_bytes_max)
    return damaged("the frame's size is impossible");  // the two error values too
  plain.resize(size);
  const size_t got =
      ZSTD_decompress_usingDDict(decompressor->context, plain.data(), plain.size(), frame.data(),
                                 frame.size(), decompression_dictionary());
  if (ZSTD_isError(got) || got != size) return damaged("the frame is damaged");
  return {};
}

std::string hash_of(std::string_view bytes) {
  // SHA-256 cut to 128 bits: nobody can make two bodies that pass for the same (law 4's
  // unless_same).
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  // A context a thread: making one costs as much as hashing a small resource.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  unsigned char digest[EVP_MAX_MD_SIZE];
  CHECK(EVP_DigestInit_ex2(context.get(), sha256, nullptr) == 1);
  CHECK(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  CHECK(EVP_DigestFinal_ex(context.get(), digest, nullptr) == 1);
  return {reinterpret_cast<const char*>(digest), 16};
}

Packed pack(std::string_view body) {
  return {pack_bytes(body), hash_of(body)};
}

}  // namespace tasuki::store
