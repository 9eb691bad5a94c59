// gzip (RFC 1952) of a body while it is sent.
#include <zlib.h>

#include <array>

#include "base/check.h"
#include "net/http.h"

namespace tasuki::net {
namespace {

// Level 1: the network is rarely slower than a higher level would be.
constexpr int level = 1;
constexpr int gzip_window = 15 + 16;

class Gzipped final : public BodySource {
 public:
  explicit Gzipped(std::shared_ptr<BodySource> source) : source_(std::move(source)) {
    CHECK(deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Gzipped() override { deflateEnd(&stream_); }

  Result<std::string> next() override {
    std::string out;
    while (out.empty() && !ended_) {
      std::string piece = TRY(source_->next());
      ended_ = piece.empty();
      deflate_all(piece, out);
    }
    return out;
  }

 private:
  void deflate_all(std::string& piece, std::string& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      stream_.next_out = room_.data();
      stream_.avail_out = static_cast<uInt>(room_.size());
      deflate(&stream_, ended_ ? Z_FINISH : Z_NO_FLUSH);
      out.append(reinterpret_cast<const char*>(room_.data()), room_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  std::array<Bytef, size_t{64} * 1024> room_;
  std::shared_ptr<BodySource> source_;
  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace

std::shared_ptr<BodySource> gzipped(std::shared_ptr<BodySource> source) {
  return std::make_shared<Gzipped>(std::move(source));
}

}  // namespace tasuki::net
