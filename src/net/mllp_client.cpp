#include "net/mllp_client.h"

#include "net/dial.h"
#include "net/mllp_frame.h"

namespace tasuki::net {
namespace {

class WireClient final : public MllpClient {
 public:
  WireClient(std::unique_ptr<Wire> wire, const MllpPeer& peer)
      : wire_(std::move(wire)), peer_(peer) {}

  Result<std::string> exchange(std::string_view message) override {
    TRY(wire_->send(mllp_framed(message)));
    const auto end = std::chrono::steady_clock::now() + peer_.wait;
    MllpFrames frames(peer_.answer_bytes_max);
    for (;;) {
      if (auto answer = frames.next()) return *std::move(answer);
      if (frames.too_long() || frames.noise_only())
        return Error{Error::Kind::unavailable, "The answer is not MLLP.", {}};
      // A peer that sends a byte now and then does not keep us for ever.
      if (std::chrono::steady_clock::now() > end)
        return Error{Error::Kind::unavailable, "No answer came in time.", {}};
      const std::string bytes = TRY(wire_->receive());
      if (bytes.empty())
        return Error{Error::Kind::unavailable, "The connection closed before an answer.", {}};
      frames.feed(bytes);
    }
  }

 private:
  std::unique_ptr<Wire> wire_;
  MllpPeer peer_;
};

}  // namespace

Result<std::unique_ptr<MllpClient>> MllpClient::dial(const MllpPeer& peer) {
  auto wire = TRY(Wire::dial(peer.host, peer.port, peer.tls, peer.wait));
  return std::unique_ptr<MllpClient>(std::make_unique<WireClient>(std::move(wire), peer));
}

}  // namespace tasuki::net
