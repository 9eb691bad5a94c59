#include "net/dial.h"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_client.h"

namespace tasuki::net {
namespace {

constexpr size_t block_bytes = size_t{64} * 1024;

Error unreachable(std::string_view host, std::string_view why) {
  return {Error::Kind::unavailable, fmt::format("{} cannot be reached: {}.", host, why), {}};
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

SSL_CTX* client_context() {
  static const std::unique_ptr<SSL_CTX, FreeContext> context = [] {
    std::unique_ptr<SSL_CTX, FreeContext> made(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(made.get());
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
    return made;
  }();
  return context.get();
}

class SocketWire final : public Wire {
 public:
  explicit SocketWire(int socket) : socket_(socket) {}
  ~SocketWire() override {
    if (ssl_) SSL_shutdown(ssl_.get());
    ::close(socket_);
  }

  Result<void> start_tls(const std::string& host) override {
    ssl_.reset(SSL_new(client_context()));
    SSL_set_fd(ssl_.get(), socket_);
    SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
    SSL_set1_host(ssl_.get(), host.c_str());
    if (SSL_connect(ssl_.get()) == 1) return {};
    const long verdict = SSL_get_verify_result(ssl_.get());
    return unreachable(host, verdict == X509_V_OK ? "TLS handshake failed"
                                                  : X509_verify_cert_error_string(verdict));
  }

  Result<void> send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto part = std::min<size_t>(bytes.size(), block_bytes);
      const ssize_t sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(part))
                                : ::send(socket_, bytes.data(), part, MSG_NOSIGNAL);
      if (sent <= 0)
        return Error{Error::Kind::unavailable, "The connection broke while sending.", {}};
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return {};
  }

  Result<std::string> receive() override {
    std::string block(block_bytes, '\0');
    const ssize_t got = ssl_ ? SSL_read(ssl_.get(), block.data(), static_cast<int>(block.size()))
                             : ::recv(socket_, block.data(), block.size(), 0);
    const bool ended =
        got == 0 || (ssl_ && got < 0 &&
                     SSL_get_error(ssl_.get(), static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN);
    if (got < 0 && !ended) return Error{Error::Kind::unavailable, "No answer came in time.", {}};
    block.resize(ended ? 0 : static_cast<size_t>(got));
    return block;
  }

 private:
  const int socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

// -1: not within the wait.
int connected_socket(const addrinfo& address, std::chrono::milliseconds wait_max) {
  const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  const timeval wait{wait_max.count() / 1000, wait_max.count() % 1000 * 1000};
  // SO_SNDTIMEO bounds connect, too (socket(7)).
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return socket;
  ::close(socket);
  return -1;
}

}  // namespace

Result<std::unique_ptr<Wire>> Wire::dial(const std::string& host, const std::string& port, bool tls,
                                         std::chrono::milliseconds wait) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0)
    return unreachable(host, "its name is not known");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const int socket = connected_socket(*address, wait);
    if (socket < 0) continue;
    auto wire = std::make_unique<SocketWire>(socket);
    if (tls) TRY(wire->start_tls(host));
    return std::unique_ptr<Wire>(std::move(wire));
  }
  return unreachable(host, "nothing answers there");
}

}  // namespace tasuki::net
