// Accepting connections, handing them to the network threads, ticking, stopping.
#include "net/http.h"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.h"
#include "net/http_loop.h"
#include "net/http_write.h"
#include "net/tls.h"

namespace tasuki::net {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto tick_wait = 500ms;
constexpr auto stop_wait_max = 10s;

struct Loop : HttpLoop {
  asio::steady_timer ticker{*context};
};

class AsioHttpServer final : public HttpServer {
 public:
  AsioHttpServer(const HttpSettings& settings, Handlers handlers)
      : shared_(settings, std::move(handlers)),
        loops_(std::max(1U, settings.threads)),
        acceptor_(*loops_[0].context) {}

  ~AsioHttpServer() override {
    shared_.stopping = true;
    for (Loop& loop : loops_) {
      asio::post(*loop.context, [this, &loop] { stop(loop); });
    }
    for (Loop& loop : loops_)
      if (loop.thread.joinable()) loop.thread.join();
  }

  Result<void> listen() {
    shared_.tls =
        TRY(tls_context({shared_.settings.certificate_file, shared_.settings.key_file, {}}));
    error_code ec;
    const auto address = asio::ip::make_address(shared_.settings.address, ec);
    if (ec)
      return Error{
          Error::Kind::invalid,
          fmt::format("\"{}\" is not an IP address to listen on.", shared_.settings.address),
          "address"};
    const tcp::endpoint endpoint(address, shared_.settings.port);
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(1024, ec);
    if (ec)
      return Error{Error::Kind::unavailable,
                   fmt::format("Cannot listen on {}:{}: {}.", shared_.settings.address,
                               shared_.settings.port, ec.message()),
                   "port"};
    port_ = acceptor_.local_endpoint().port();
    accept();
    for (Loop& loop : loops_) {
      tick(loop);
      loop.thread = std::thread([&loop] { loop.context->run(); });
    }
    return {};
  }

  uint16_t port() const override { return port_; }

 private:
  void accept() {
    Loop& loop = loops_[next_loop_++ % loops_.size()];
    acceptor_.async_accept(*loop.context, [this, &loop](error_code ec, tcp::socket socket) {
      if (shared_.stopping || ec == asio::error::operation_aborted) return;
      if (ec) return accept_later();
      admit(loop, std::move(socket));
      accept();
    });
  }

  // Out of file descriptors: trying again at once would only burn the processor.
  void accept_later() {
    log::warning("cannot accept a connection; waiting", {});
    accept_timer_.expires_after(100ms);
    accept_timer_.async_wait([this](error_code ec) {
      if (!ec) accept();
    });
  }

  void admit(Loop& loop, tcp::socket socket) {
    error_code ec;
    const auto peer = socket.remote_endpoint(ec);
    if (ec) return;
    if (++shared_.connections > shared_.settings.connections_max) {
      --shared_.connections;
      return turn_away(std::move(socket));
    }
    socket.set_option(tcp::no_delay(true), ec);
    asio::post(*loop.context, [this, &loop, moved = std::move(socket),
                               name = peer.address().to_string()]() mutable {
      error_code failure;
      const int descriptor = moved.release(failure);
      if (failure) {
        --shared_.connections;
      } else {
        begin_http_connection(loop, shared_, descriptor, std::move(name));
      }
    });
  }

  void turn_away(tcp::socket socket) {
    log::warning("too many connections; one was turned away",
                 {{"connections_max", shared_.settings.connections_max}});
    if (shared_.tls) return;
    const HttpResponse response = refusal(503);
    std::string bytes;
    write_head(response, response.body.size(), {true, false, true}, http_date(std::time(nullptr)),
               bytes);
    bytes += response.body;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(bytes), 0, ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void tick(Loop& loop) {
    loop.ticker.expires_after(shared_.stopping ? Clock::duration(10ms)
                                               : Clock::duration(tick_wait));
    loop.ticker.async_wait([this, &loop](error_code) {
      const auto now = Clock::now();
      const std::vector<HttpConnection*> present(loop.connections.begin(), loop.connections.end());
      for (HttpConnection* connection : present) {
        if (now > loop.stop_deadline) {
          connection->abort();
        } else {
          connection->tick(now);
        }
      }
      if (!shared_.stopping || !loop.connections.empty()) tick(loop);
    });
  }

  void stop(Loop& loop) {
    error_code ignored;
    if (&loop == &loops_[0]) {
      acceptor_.close(ignored);
      accept_timer_.cancel();
    }
    loop.stop_deadline = Clock::now() + stop_wait_max;
    const std::vector<HttpConnection*> present(loop.connections.begin(), loop.connections.end());
    for (HttpConnection* connection : present)
      connection->finish();
    loop.ticker.cancel();
  }

  HttpShared shared_;
  std::vector<Loop> loops_;
  tcp::acceptor acceptor_;
  asio::steady_timer accept_timer_{*loops_[0].context};
  size_t next_loop_ = 0;
  uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpSettings& settings,
                                                      Handlers handlers) {
  auto server = std::make_unique<AsioHttpServer>(settings, std::move(handlers));
  TRY(server->listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace tasuki::net
