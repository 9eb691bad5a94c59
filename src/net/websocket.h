// A websocket, once an HTTP request has asked for one and the handler said 101. RFC 6455
//
// Text alone; what arrives is handed to a worker thread, one message after the other, so that the
// answer to one may wait for the disk while the client is slowed down instead of queued.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace tasuki::net {

constexpr size_t websocket_message_bytes_max = size_t{64} * 1024;      // that comes in
constexpr size_t websocket_queue_bytes_max = size_t{8} * 1024 * 1024;  // waiting to go out
constexpr auto websocket_pong_wait_max = std::chrono::seconds(10);

// The connection. May be used from any thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void send(std::string text) = 0;  // behind what was sent before
  // Sent, and taken by the other side: a ping goes behind the text and its pong is waited for (RFC
  // 6455 5.5.3), which the mere write to a socket does not tell. Blocks. unavailable: closed, or
  // silent for too long and closed therefore.
  virtual Result<void> deliver(std::string text) = 0;
  virtual void close() = 0;
};

// What the program does with one.
class WebSocketTalk {
 public:
  virtual ~WebSocketTalk() = default;
  virtual void opened(std::weak_ptr<WebSocket> socket) = 0;  // on a network thread: be quick
  virtual void received(const std::string& text) = 0;        // must not throw
  virtual void closed() = 0;                                 // on a network thread: be quick
};

}  // namespace tasuki::net
