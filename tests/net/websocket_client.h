// The client's side of a websocket, frame by frame, for tests. RFC 6455 5.2
#pragma once

#include <string>
#include <string_view>

#include "net/client.h"

namespace tasuki::net {

class WebSocketClient {
 public:
  // headers: whole lines, each ended by \r\n
  WebSocketClient(uint16_t port, std::string_view target, std::string_view headers = {})
      : client_(port) {
    client_.send("GET " + std::string(target) +
                 " HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 std::string(headers) + "\r\n");
    answer_ = client_.until("\r\n\r\n");
  }

  const std::string& answer() const { return answer_; }

  void send(std::string_view text) { frame(0x81, text); }
  void send_binary(std::string_view bytes) { frame(0x82, bytes); }
  void answer_pings(bool yes) { answers_pings_ = yes; }

  // The next text; pings before it are answered. Empty: closed, or nothing came for long.
  std::string text() {
    for (;;) {
      const std::string head = client_.exactly(2);
      if (head.size() < 2) return {};
      const std::string payload = client_.exactly(length(static_cast<uint8_t>(head[1])));
      const int kind = head[0] & 0x0f;
      if (kind == 1) return payload;
      if (kind == 9 && answers_pings_) frame(0x8a, payload);
      if (kind == 8) return "(closed)";
    }
  }

 private:
  void frame(uint8_t head, std::string_view payload) {
    std::string bytes(1, static_cast<char>(head));
    if (payload.size() < 126) {
      bytes += static_cast<char>(0x80 | payload.size());
    } else {
      bytes += static_cast<char>(0x80 | 126);
      bytes += static_cast<char>(payload.size() >> 8);
      bytes += static_cast<char>(payload.size() & 0xff);
    }
    bytes.append(4, '\0');  // a mask of zeros leaves the payload as it is
    client_.send(bytes.append(payload));
  }

  size_t length(uint8_t said) {
    const size_t extra = said == 126 ? 2 : said == 127 ? 8 : 0;
    if (extra == 0) return said;
    size_t bytes = 0;
    for (const char c : client_.exactly(extra))
      bytes = bytes << 8 | static_cast<uint8_t>(c);
    return bytes;
  }

  Client client_;
  std::string answer_;
  bool answers_pings_ = true;
};

}  // namespace tasuki::net
