// Beast's websocket behind our face. Everything runs on the loop's one thread, but for deliver(),
// which waits on the caller's.
#include "net/websocket.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <future>

#include "base/log.h"
#include "net/websocket_connection.h"

namespace tasuki::net {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto close_wait_max = std::chrono::seconds(1);  // for the other side's close frame

using Upgrade = beast::http::request<beast::http::empty_body>;

Upgrade upgrade_of(const HttpRequest& request) {
  Upgrade upgrade;
  upgrade.version(11);
  upgrade.method_string(request.method);
  upgrade.target(request.target);
  for (const Header& header : request.headers)
    upgrade.insert(header.first, header.second);
  return upgrade;
}

// One text on its way, and who waits for its pong.
struct Outgoing {
  std::string text;
  std::shared_ptr<std::promise<bool>> taken;  // nullptr: nobody waits
};

template <class Stream>
class WebSocketConnection final : public HttpConnection,
                                  public WebSocket,
                                  public std::enable_shared_from_this<WebSocketConnection<Stream>> {
 public:
  WebSocketConnection(HttpLoop& loop, HttpShared& shared, Stream stream, const HttpRequest& request,
                      std::shared_ptr<WebSocketTalk> talk)
      : loop_(loop),
        shared_(shared),
        socket_(std::move(stream)),
        upgrade_(upgrade_of(request)),
        talk_(std::move(talk)) {
    ++shared_.connections;
    loop_.connections.insert(this);
  }
  ~WebSocketConnection() override {
    loop_.connections.erase(this);
    --shared_.connections;
  }

  void start() {
    // A peer that vanished is noticed: pings when idle, and closed when they stay without a pong.
    auto patience = websocket::stream_base::timeout::suggested(beast::role_type::server);
    patience.idle_timeout = std::chrono::seconds(shared_.settings.idle_seconds_max);
    socket_.set_option(patience);
    socket_.read_message_max(websocket_message_bytes_max);
    socket_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
      if (kind == websocket::frame_type::pong) ponged(payload);
    });
    socket_.async_accept(upgrade_, [self = this->shared_from_this()](error_code ec) {
      if (ec) return self->abort();
      self->open_ = true;
      self->socket_.text(true);
      self->talk_->opened(self);
      self->read();
      self->pump();
    });
  }

  // ---- of HttpConnection, on the loop's thread

  void tick(Clock::time_point now) override {
    if (now >= deadline_) abort();
  }
  void finish() override { leave(websocket::close_code::going_away); }
  void abort() override {
    error_code ignored;
    socket_of(socket_.next_layer()).close(ignored);
    end();
  }

  // ---- of WebSocket, on any thread

  void send(std::string text) override { add({std::move(text), nullptr}); }

  Result<void> deliver(std::string text) override {
    auto promise = std::make_shared<std::promise<bool>>();
    auto taken = promise->get_future();
    add({std::move(text), std::move(promise)});
    const bool answered = taken.wait_for(websocket_pong_wait_max) == std::future_status::ready;
    if (answered && got(taken)) return {};
    close();
    return Error{Error::Kind::unavailable, "The websocket was closed, or does not answer.", {}};
  }

  void close() override {
    boost::asio::post(*loop_.context, [self = this->shared_from_this()] {
      self->leave(websocket::close_code::normal);
    });
  }

 private:
  // A loop that has ended drops what it was given, and the promise with it.
  static bool got(std::future<bool>& taken) {
    try {
      return taken.get();
    } catch (const std::future_error&) {
      return false;
    }
  }

  void add(Outgoing outgoing) {
    boost::asio::post(*loop_.context,
                      [self = this->shared_from_this(), one = std::move(outgoing)]() mutable {
                        self->queue(std::move(one));
                      });
  }

  void queue(Outgoing outgoing) {
    if (closing_) return answer(outgoing.taken, false);
    queued_bytes_ += outgoing.text.size();
    queue_.push_back(std::move(outgoing));
    if (queued_bytes_ > websocket_queue_bytes_max)
      return leave(websocket::close_code::policy_error);
    pump();
  }

  static void answer(std::shared_ptr<std::promise<bool>>& waiting, bool taken) {
    if (waiting) std::exchange(waiting, nullptr)->set_value(taken);
  }

  // ---- reading

  void read() {
    socket_.async_read(in_, [self = this->shared_from_this()](error_code ec, size_t) {
      if (ec) return self->end();
      self->hand_over();
    });
  }

  void hand_over() {
    if (!socket_.got_text()) {
      leave(websocket::close_code::unknown_data);
      return read();  // until the other side's close frame
    }
    std::string text = beast::buffers_to_string(in_.data());
    in_.consume(in_.size());
    const bool taken =
        shared_.workers.add([self = this->shared_from_this(), message = std::move(text)]() mutable {
          self->talk_->received(message);
          auto& context = *self->loop_.context;
          boost::asio::post(context, [owner = std::move(self)] { owner->read(); });
        });
    if (!taken) abort();
  }

  // ---- writing: one text after the other, and behind one that is waited for a ping

  void pump() {
    if (!open_ || writing_ || closing_ || queue_.empty()) return;
    writing_ = true;
    const auto bytes = boost::asio::buffer(queue_.front().text);
    socket_.async_write(bytes, [self = this->shared_from_this()](error_code ec, size_t) {
      if (ec) return self->end();
      self->wrote();
    });
  }

  void wrote() {
    queued_bytes_ -= queue_.front().text.size();
    auto waiting = std::move(queue_.front().taken);
    queue_.pop_front();
    if (!waiting) return written();
    if (closing_) return answer(waiting, false);
    unanswered_.emplace_back(++pings_, std::move(waiting));
    const std::string number = std::to_string(pings_);
    const websocket::ping_data payload(number.data(), number.size());
    socket_.async_ping(payload, [self = this->shared_from_this()](error_code ec) {
      if (ec) return self->end();
      self->written();
    });
  }

  void written() {
    writing_ = false;
    pump();
  }

  // A pong may answer several pings (RFC 6455 5.5.3); Beast's own, when idle, is empty.
  void ponged(beast::string_view payload) {
    const std::string number(payload);
    const auto found = std::ranges::find_if(
        unanswered_, [&](const auto& each) { return std::to_string(each.first) == number; });
    if (found == unanswered_.end()) return;
    const auto behind = std::next(found);
    for (auto each = unanswered_.begin(); each != behind; ++each)
      answer(each->second, true);
    unanswered_.erase(unanswered_.begin(), behind);
  }

  // ---- ending

  void leave(websocket::close_code why) {
    if (closing_) return;
    closing_ = true;
    deadline_ = Clock::now() + close_wait_max;
    if (!open_) return abort();
    socket_.async_close(why, [self = this->shared_from_this()](error_code) { self->end(); });
  }

  void end() {
    closing_ = true;
    for (Outgoing& outgoing : queue_)
      answer(outgoing.taken, false);
    for (auto& each : unanswered_)
      answer(each.second, false);
    unanswered_.clear();
    if (open_) talk_->closed();
    open_ = false;
  }

  HttpLoop& loop_;
  HttpShared& shared_;
  websocket::stream<Stream> socket_;
  const Upgrade upgrade_;
  const std::shared_ptr<WebSocketTalk> talk_;
  beast::flat_buffer in_;
  std::deque<Outgoing> queue_;  // the first is being written
  std::deque<std::pair<uint64_t, std::shared_ptr<std::promise<bool>>>> unanswered_;
  size_t queued_bytes_ = 0;
  uint64_t pings_ = 0;
  bool open_ = false, writing_ = false, closing_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();
};

template <class Stream>
void begin(HttpLoop& loop, HttpShared& shared, Stream stream, const HttpRequest& request,
           std::shared_ptr<WebSocketTalk> talk) {
  std::make_shared<WebSocketConnection<Stream>>(loop, shared, std::move(stream), request,
                                                std::move(talk))
      ->start();
}

}  // namespace

void begin_websocket(HttpLoop& loop, HttpShared& shared, PlainStream stream,
                     const HttpRequest& request, std::shared_ptr<WebSocketTalk> talk) {
  begin(loop, shared, std::move(stream), request, std::move(talk));
}

void begin_websocket(HttpLoop& loop, HttpShared& shared, TlsStream stream,
                     const HttpRequest& request, std::shared_ptr<WebSocketTalk> talk) {
  begin(loop, shared, std::move(stream), request, std::move(talk));
}

}  // namespace tasuki::net
