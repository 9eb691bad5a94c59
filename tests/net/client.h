// A blocking TCP client for tests: what it was told to send, byte for byte; what came back until a
// condition holds.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace tasuki::net {

class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const timeval wait{10, 0};  // a test that waits this long has failed
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  void end() { ::shutdown(socket_, SHUT_WR); }

  // Up to and with the mark; less when the server closed first.
  std::string until(std::string_view mark) {
    for (;;) {
      const size_t at = received_.find(mark);
      if (at != std::string::npos) return take(at + mark.size());
      if (!more()) return take(received_.size());
    }
  }
  std::string exactly(size_t count) {
    while (received_.size() < count && more()) {
    }
    return take(std::min(count, received_.size()));
  }
  std::string rest() {
    while (more()) {
    }
    return take(received_.size());
  }
  bool closed() { return !more(); }

  // One response with Content-Length (or without a body).
  std::string response(bool with_body = true) {
    std::string head = until("\r\n\r\n");
    const size_t at = head.find("Content-Length: ");
    if (!with_body || at == std::string::npos) return head;
    return head + exactly(std::stoul(head.substr(at + 16)));
  }

 private:
  bool more() {
    char buffer[16384];
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    received_.append(buffer, static_cast<size_t>(count));
    return true;
  }
  std::string take(size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace tasuki::net
