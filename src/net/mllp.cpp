// One network thread reads frames; the handler runs on a worker, because it waits for a commit.
// While a connection's message is handled nothing more is read from it: order holds, and a fast
// sender is slowed by TCP itself.
#include "net/mllp.h"

#include <fmt/format.h>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <thread>
#include <unordered_set>

#include "base/log.h"
#include "net/mllp_frame.h"
#include "net/stream.h"
#include "net/tls.h"
#include "net/workers.h"

namespace tasuki::net {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr size_t read_bytes = 32 * 1024;
constexpr auto tick_wait = 500ms;
constexpr auto stop_wait_max = 10s;

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void tick(Clock::time_point now) = 0;
  virtual void finish() = 0;
  virtual void abort() = 0;
};

struct Shared {
  MllpSettings settings;
  MllpListener::Handle handle;
  asio::io_context context{1};
  Workers workers;
  std::shared_ptr<boost::asio::ssl::context> tls;
  std::unordered_set<Connection*> connections;  // touched by the network thread alone
  std::atomic<size_t> open = 0;                 // how many, for anybody
  std::atomic<bool> stopping = false;

  Shared(const MllpSettings& mllp_settings, MllpListener::Handle mllp_handle)
      : settings(mllp_settings),
        handle(std::move(mllp_handle)),
        workers(settings.connections_max, settings.connections_max) {}
};

// shared_ptr because pending callbacks and the worker that answers keep it alive, whichever ends
// last.
template <class Stream>
class StreamConnection final : public Connection,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
 public:
  StreamConnection(Shared& shared, Stream stream)
      : shared_(shared),
        stream_(std::move(stream)),
        frames_(shared.settings.message_bytes_max),
        in_(read_bytes) {
    shared_.connections.insert(this);
    shared_.open = shared_.connections.size();
  }
  ~StreamConnection() override {
    shared_.connections.erase(this);
    shared_.open = shared_.connections.size();
  }

  void start() {
    deadline_ = after_idle();
    begin_serving(stream_, [self = this->shared_from_this()](error_code ec) {
      if (!ec) return self->read();
      log::warning("MLLP: TLS handshake refused", {{"error", ec.value()}});
      self->abort();
    });
  }

  void tick(Clock::time_point now) override {
    if (now < deadline_ || state_ == State::handling) return;
    if (frames_.inside())
      log::warning("MLLP: connection closed inside a message: idle too long", {});
    abort();
  }

  void finish() override {
    if (state_ == State::reading) abort();
    close_after_ = true;
  }

  void abort() override {
    error_code ignored;
    socket_of(stream_).close(ignored);
    state_ = State::closed;
  }

 private:
  enum class State : uint8_t { reading, handling, writing, closed };

  Clock::time_point after_idle() const {
    return Clock::now() + std::chrono::seconds(shared_.settings.idle_seconds_max);
  }

  void read() {
    if (state_ == State::closed) return;
    state_ = State::reading;
    stream_.async_read_some(asio::buffer(in_),
                            [self = this->shared_from_this()](error_code ec, size_t bytes) {
                              if (ec) return self->ended();
                              self->deadline_ = self->after_idle();
                              self->frames_.feed({self->in_.data(), bytes});
                              self->process();
                            });
  }

  void ended() {
    if (state_ != State::closed && frames_.inside())
      log::warning("MLLP: the sender closed inside a message; it was not taken", {});
    abort();
  }

  void process() {
    const size_t skipped = frames_.skipped(), broken_off = frames_.broken_off();
    std::optional<std::string> message = frames_.next();
    if (frames_.skipped() > skipped)
      log::warning("MLLP: bytes outside a frame were skipped",
                   {{"bytes", frames_.skipped() - skipped}});
    if (frames_.broken_off() > broken_off)
      log::warning(
          "MLLP: a message began before the last one ended; the unfinished one was dropped", {});
    if (frames_.too_long()) {
      log::warning("MLLP: message too long; connection closed",
                   {{"bytes_max", shared_.settings.message_bytes_max}});
      return abort();
    }
    if (frames_.noise_only()) {
      log::warning("MLLP: no frame in what was sent; connection closed", {});
      return abort();
    }
    if (!message) return read();
    hand_to_worker(*std::move(message));
  }

  void hand_to_worker(std::string message) {
    state_ = State::handling;
    const bool taken =
        shared_.workers.add([self = this->shared_from_this(), text = std::move(message)]() mutable {
          std::optional<std::string> answer = self->handled(text);
          auto& context = self->shared_.context;
          asio::post(context, [owner = std::move(self), reply = std::move(answer)]() mutable {
            if (!reply) return owner->abort();
            owner->answer(*std::move(reply));
          });
        });
    if (taken) return;
    // As many workers as connections: only when stopping, or when the machine has no thread left.
    log::warning("MLLP: no worker for a message; connection closed, the sender will repeat it", {});
    abort();
  }

  // The message's edge (style.md 4). Without an answer the sender repeats the message, which is
  // safe.
  std::optional<std::string> handled(std::string_view message) {
    try {
      return shared_.handle(message);
    } catch (const std::exception&) {
      log::error("MLLP: message handler threw", {});
      return std::nullopt;
    }
  }

  void answer(std::string reply) {
    if (state_ == State::closed) return;
    if (reply.empty()) return next();
    state_ = State::writing;
    deadline_ = after_idle();
    out_ = mllp_framed(reply);
    asio::async_write(stream_, asio::buffer(out_),
                      [self = this->shared_from_this()](error_code ec, size_t) {
                        if (ec) return self->abort();
                        self->next();
                      });
  }

  void next() {
    if (close_after_) return abort();
    process();
  }

  Shared& shared_;
  Stream stream_;
  MllpFrames frames_;
  std::vector<char> in_;
  std::string out_;
  State state_ = State::reading;
  Clock::time_point deadline_;
  bool close_after_ = false;
};

class AsioMllpListener final : public MllpListener {
 public:
  AsioMllpListener(const MllpSettings& settings, Handle handle)
      : shared_(settings, std::move(handle)) {}

  ~AsioMllpListener() override {
    shared_.stopping = true;
    if (!thread_.joinable()) return;
    asio::post(shared_.context, [this] { stop(); });
    thread_.join();
  }

  Result<void> listen() {
    const MllpSettings& settings = shared_.settings;
    shared_.tls =
        TRY(tls_context({settings.certificate_file, settings.key_file, settings.client_ca_file}));
    error_code ec;
    const auto address = asio::ip::make_address(settings.address, ec);
    if (ec)
      return Error{Error::Kind::invalid,
                   fmt::format("\"{}\" is not an IP address to listen on.", settings.address),
                   "address"};
    const tcp::endpoint endpoint(address, settings.port);
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(128, ec);
    if (ec)
      return Error{Error::Kind::unavailable,
                   fmt::format("Cannot listen for MLLP on {}:{}: {}.", settings.address,
                               settings.port, ec.message()),
                   "port"};
    port_ = acceptor_.local_endpoint().port();
    accept();
    tick();
    thread_ = std::thread([this] { shared_.context.run(); });
    return {};
  }

  uint16_t port() const override { return port_; }
  size_t connections() const override { return shared_.open; }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
      if (shared_.stopping || ec == asio::error::operation_aborted) return;
      if (ec) return accept_later();
      admit(std::move(socket));
      accept();
    });
  }

  // Out of file descriptors: trying again at once would only burn the processor.
  void accept_later() {
    log::warning("MLLP: cannot accept a connection; waiting", {});
    accept_timer_.expires_after(100ms);
    accept_timer_.async_wait([this](error_code ec) {
      if (!ec) accept();
    });
  }

  void admit(tcp::socket socket) {
    if (shared_.connections.size() >= shared_.settings.connections_max) {
      log::warning("MLLP: too many connections; one was turned away",
                   {{"connections_max", shared_.settings.connections_max}});
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (shared_.tls) {
      TlsStream stream(std::move(socket), *shared_.tls);
      std::make_shared<StreamConnection<TlsStream>>(shared_, std::move(stream))->start();
    } else {
      std::make_shared<StreamConnection<PlainStream>>(shared_, std::move(socket))->start();
    }
  }

  void tick() {
    ticker_.expires_after(shared_.stopping ? Clock::duration(10ms) : Clock::duration(tick_wait));
    ticker_.async_wait([this](error_code) {
      const auto now = Clock::now();
      const std::vector<Connection*> present(shared_.connections.begin(),
                                             shared_.connections.end());
      for (Connection* connection : present) {
        if (now > stop_deadline_) {
          connection->abort();
        } else {
          connection->tick(now);
        }
      }
      if (!shared_.stopping || !shared_.connections.empty()) tick();
    });
  }

  void stop() {
    error_code ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
    stop_deadline_ = Clock::now() + stop_wait_max;
    const std::vector<Connection*> present(shared_.connections.begin(), shared_.connections.end());
    for (Connection* connection : present)
      connection->finish();
    ticker_.cancel();
  }

  Shared shared_;
  tcp::acceptor acceptor_{shared_.context};
  asio::steady_timer ticker_{shared_.context}, accept_timer_{shared_.context};
  Clock::time_point stop_deadline_ = Clock::time_point::max();
  std::thread thread_;
  uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<MllpListener>> MllpListener::start(const MllpSettings& settings,
                                                          Handle handle) {
  auto listener = std::make_unique<AsioMllpListener>(settings, std::move(handle));
  TRY(listener->listen());
  return std::unique_ptr<MllpListener>(std::move(listener));
}

}  // namespace tasuki::net
