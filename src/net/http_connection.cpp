// Each network thread has its own event loop and owns its connections; a connection answers one
// request after the other, so pipelined requests come back in order. Callbacks, not coroutines: g++
// 12 compiles some of those wrongly.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "net/http_loop.h"
#include "net/http_reader.h"
#include "net/http_write.h"
#include "net/stream.h"
#include "net/websocket_connection.h"

namespace tasuki::net {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr size_t head_buffer_bytes = 8 * 1024;
constexpr size_t body_buffer_bytes = 64 * 1024;
constexpr size_t answers_bytes_max =
    64 * 1024;  // of pipelined answers gathered before they are written
constexpr size_t slowest_bytes_per_second = 4096;  // a body or answer slower than this is given up
constexpr size_t drained_bytes_max = 1024 * 1024;
constexpr auto drain_wait_max = 2s;

// shared_ptr because pending callbacks and the worker that answers keep it alive, whichever ends
// last.
template <class Stream>
class StreamConnection final : public HttpConnection,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
 public:
  StreamConnection(HttpLoop& loop, HttpShared& shared, Stream stream, std::string peer)
      : loop_(loop),
        shared_(shared),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        reader_(shared.settings.header_bytes_max, shared.settings.body_bytes_max),
        in_(head_buffer_bytes) {
    loop_.connections.insert(this);
  }
  ~StreamConnection() override {
    loop_.connections.erase(this);
    --shared_.connections;
  }

  void start() {
    deadline_ = after_idle();
    begin_serving(stream_, [self = this->shared_from_this()](error_code ec) {
      if (ec) return self->abort();
      self->read();
    });
  }

  void tick(Clock::time_point now) override {
    if (now < deadline_) return;
    if (state_ == State::reading && request_begun_) return refuse(408);
    abort();
  }

  void finish() override {
    if (state_ == State::reading || state_ == State::draining) return abort();
    close_after_ = true;
  }

  void abort() override {
    error_code ignored;
    socket_of(stream_).close(ignored);
    state_ = State::closed;
  }

 private:
  enum class State : uint8_t { reading, handling, writing, waiting, draining, closed };

  Clock::time_point after_idle() const {
    return Clock::now() + std::chrono::seconds(shared_.settings.idle_seconds_max);
  }
  static Clock::duration slowest(size_t bytes) {
    return std::chrono::seconds(bytes / slowest_bytes_per_second);
  }

  void read() {
    if (state_ == State::closed) return;
    state_ = State::reading;
    make_room();
    stream_.async_read_some(asio::buffer(in_.data() + end_, in_.size() - end_),
                            [self = this->shared_from_this()](error_code ec, size_t bytes) {
                              if (ec || self->state_ != State::reading) return self->lost();
                              self->end_ += bytes;
                              self->received(bytes);
                            });
  }

  // The peer went away, or a refusal is already on its way.
  void lost() {
    if (state_ == State::reading) abort();
  }

  void make_room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (begin_ > 0 && end_ == in_.size()) {
      std::copy(in_.begin() + static_cast<ptrdiff_t>(begin_),
                in_.begin() + static_cast<ptrdiff_t>(end_), in_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    const bool in_body = reader_.state() == HttpReader::State::body;
    if (in_body && in_.size() < body_buffer_bytes) in_.resize(body_buffer_bytes);
    if (end_ == in_.size())
      in_.resize(in_.size() * 2);  // ends: the reader refuses a head beyond its limit
  }

  void received(size_t bytes) {
    if (!request_begun_) {
      request_begun_ = true;
      deadline_ = after_idle();
    }
    request_bytes_ += bytes;
    // A whole second's worth at a time, so that dripping single bytes extends nothing.
    if (request_bytes_ >= slowest_bytes_per_second) {
      deadline_ += slowest(request_bytes_);
      request_bytes_ %= slowest_bytes_per_second;
    }
    process();
  }

  // Takes requests out of the buffer until one has to wait: for more bytes, for a worker, for the
  // socket.
  void process() {
    for (;;) {
      begin_ += reader_.feed({in_.data() + begin_, end_ - begin_});
      switch (reader_.state()) {
        case HttpReader::State::failed:
          return refuse(reader_.refusal());
        case HttpReader::State::header:
        case HttpReader::State::body:
          return need_more();
        case HttpReader::State::done:
          break;
      }
      if (!dispatch()) return;
    }
  }

  void need_more() {
    if (!out_.empty()) return write();
    if (reader_.state() == HttpReader::State::body && reader_.expects_continue() && !continued_) {
      continued_ = true;
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      return write();
    }
    read();
  }

  // True: answered at once, and the next request may be looked at.
  bool dispatch() {
    HttpRequest& request = reader_.request();
    request.peer = peer_;
    const bool quick = shared_.handlers.is_quick && shared_.handlers.is_quick(request);
    if (quick) {
      respond(shared_.answer(request));
      if (!close_after_ && tail_.empty() && !tail_shared_ && !source_ &&
          out_.size() < answers_bytes_max && begin_ < end_)
        return true;
      write();
      return false;
    }
    if (out_.empty()) {
      hand_to_worker();
    } else {
      waits_for_worker_ = true;  // earlier answers first
      write();
    }
    return false;
  }

  void hand_to_worker() {
    state_ = State::handling;
    const bool taken = shared_.workers.add([self = this->shared_from_this()]() mutable {
      HttpResponse response = self->shared_.answer(self->reader_.request());
      auto& context = *self->loop_.context;
      asio::post(context, [owner = std::move(self), answer = std::move(response)]() mutable {
        owner->respond(std::move(answer));
        owner->write();
      });
    });
    if (taken) return;
    respond(refusal(503));
    write();
  }

  void respond(HttpResponse response) {
    if (response.websocket) return become_websocket(std::move(response.websocket));
    if (!reader_.keeps_alive() || shared_.stopping) close_after_ = true;
    const bool head_only = reader_.request().method == "HEAD";
    const bool chunks = reader_.version() >= 11;
    if (response.source && !chunks) close_after_ = true;
    const size_t bytes = response.source        ? unknown_length
                         : response.shared_body ? response.shared_body->size()
                                                : response.body.size();
    const Closing closing{close_after_, reader_.version() < 11, chunks};
    write_head(response, bytes, closing, loop_.date(), out_);
    if (!head_only) append_body(response);
    if (!head_only && response.source) begin_stream(std::move(response.source), chunks);
    next_request();
  }

  // Nothing may come before the 101 has been seen (RFC 6455 4.1), nor stand before it here.
  void become_websocket(std::shared_ptr<WebSocketTalk> talk) {
    if (begin_ < end_ || !out_.empty()) return respond(refusal(400));
    state_ = State::closed;
    begin_websocket(loop_, shared_, std::move(stream_), reader_.request(), std::move(talk));
  }

  // Small bodies go with the head in one piece; large ones beside it, without a copy.
  void append_body(HttpResponse& response) {
    if (response.status == 204 || response.status == 304) return;
    if (response.shared_body) {
      tail_shared_ = std::move(response.shared_body);
    } else if (response.body.size() <= head_buffer_bytes) {
      out_ += response.body;
    } else {
      tail_ = std::move(response.body);
    }
  }

  void next_request() {
    reader_.restart();
    request_begun_ = begin_ < end_;
    request_bytes_ = 0;
    continued_ = false;
    if (in_.size() > body_buffer_bytes && begin_ == end_)
      in_ = std::vector<char>(head_buffer_bytes);
  }

  void refuse(unsigned status) {
    close_after_ = true;
    const HttpResponse response = refusal(status);
    write_head(response, response.body.size(), {true, false, true}, loop_.date(), out_);
    out_ += response.body;
    write();
  }

  // ---- a body made while it is sent

  struct Piece {
    std::string bytes;
    bool failed = false;
  };

  void begin_stream(std::shared_ptr<BodySource> source, bool chunks) {
    source_ = std::move(source);
    chunks_ = chunks;
    make_piece();
  }

  // One piece is made while the one before it is written.
  void make_piece() {
    piece_.reset();
    const bool taken = shared_.workers.add([self = this->shared_from_this()]() mutable {
      Piece piece = made(*self->source_);
      auto& context = *self->loop_.context;
      asio::post(context, [owner = std::move(self), made_one = std::move(piece)]() mutable {
        owner->piece_ = std::move(made_one);
        if (owner->state_ == State::waiting) owner->send_piece();
      });
    });
    if (!taken) piece_ = Piece{{}, true};
  }

  static Piece made(BodySource& source) {
    try {
      auto next = source.next();
      if (next) return {*std::move(next), false};
      log::error("a body could not be finished; the connection is cut", {});
    } catch (const std::exception&) {
      log::error("a body's source threw; the connection is cut", {});
    }
    return {{}, true};
  }

  void send_piece() {
    if (!piece_) {
      state_ = State::waiting;
      deadline_ = Clock::time_point::max();
      return;
    }
    if (piece_->failed) {
      source_.reset();
      return abort();
    }
    tail_ = std::move(piece_->bytes);
    const bool ended = tail_.empty();
    if (chunks_) out_ += ended ? "0\r\n\r\n" : fmt::format("{:x}\r\n", tail_.size());
    if (chunks_ && !ended) tail_ += "\r\n";
    if (ended) {
      source_.reset();
      piece_.reset();
    } else {
      make_piece();
    }
    write();
  }

  void write() {
    if (state_ == State::closed) return;
    state_ = State::writing;
    const std::string_view tail =
        tail_shared_ ? std::string_view(*tail_shared_) : std::string_view(tail_);
    deadline_ = after_idle() + slowest(out_.size() + tail.size());
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_),
                                                       asio::buffer(tail.data(), tail.size())};
    asio::async_write(stream_, buffers, [self = this->shared_from_this()](error_code ec, size_t) {
      if (ec) return self->abort();
      self->written();
    });
  }

  void written() {
    if (state_ == State::closed) return;
    out_.clear();
    tail_.clear();
    tail_shared_.reset();
    deadline_ = after_idle();
    if (source_) return send_piece();
    if (waits_for_worker_) {
      waits_for_worker_ = false;
      return hand_to_worker();
    }
    if (close_after_) return drain();
    if (begin_ < end_) return process();
    read();
  }

  // Closing with bytes unread makes the kernel reset the connection, and the client may lose our
  // answer (RFC 9112 9.6). So: say that nothing follows, read on for a moment, then close.
  void drain() {
    state_ = State::draining;
    deadline_ = Clock::now() + drain_wait_max;
    if constexpr (!std::is_same_v<Stream, PlainStream>) {
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->abort(); });
    } else {
      error_code ignored;
      stream_.shutdown(tcp::socket::shutdown_send, ignored);
      drain_more();
    }
  }

  void drain_more() {
    stream_.async_read_some(asio::buffer(in_),
                            [self = this->shared_from_this()](error_code ec, size_t bytes) {
                              self->drained_bytes_ += bytes;
                              if (ec || self->drained_bytes_ > drained_bytes_max)
                                return self->abort();
                              self->drain_more();
                            });
  }

  HttpLoop& loop_;
  HttpShared& shared_;
  Stream stream_;
  const std::string peer_;
  HttpReader reader_;
  std::vector<char> in_;  // bytes [begin_, end_) are received and not yet used
  size_t begin_ = 0, end_ = 0;
  std::string out_, tail_;
  std::shared_ptr<const std::string> tail_shared_;
  std::shared_ptr<BodySource> source_;  // of the answer under way
  std::optional<Piece> piece_;          // made, not yet on its way
  bool chunks_ = true;
  State state_ = State::reading;
  Clock::time_point deadline_;
  size_t request_bytes_ = 0, drained_bytes_ = 0;
  bool request_begun_ = false, continued_ = false, close_after_ = false, waits_for_worker_ = false;
};

}  // namespace

// The request's edge: an exception means a bug or an empty machine (style.md 4).
HttpResponse HttpShared::answer(const HttpRequest& request) {
  try {
    return handlers.handle(request);
  } catch (const std::exception&) {
    log::error("request handler threw", {});
    return refusal(500);
  }
}

std::string_view HttpLoop::date() {
  const int64_t second = std::chrono::duration_cast<std::chrono::seconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  if (second != date_second) {
    date_second = second;
    date_text = http_date(second);
  }
  return date_text;
}

HttpLoop::HttpLoop() : context(std::make_unique<asio::io_context>(1)) {}
HttpLoop::~HttpLoop() = default;

void begin_http_connection(HttpLoop& loop, HttpShared& shared, int socket, std::string peer) {
  tcp::socket accepted(*loop.context);
  error_code ec;
  // Only close, read, write and shutdown are asked of it: the family does not matter.
  accepted.assign(tcp::v4(), socket, ec);
  if (ec) {
    ::close(socket);
    --shared.connections;
    return;
  }
  if (shared.tls) {
    TlsStream stream(std::move(accepted), *shared.tls);
    std::make_shared<StreamConnection<TlsStream>>(loop, shared, std::move(stream), std::move(peer))
        ->start();
  } else {
    std::make_shared<StreamConnection<PlainStream>>(loop, shared, std::move(accepted),
                                                    std::move(peer))
        ->start();
  }
}

}  // namespace tasuki::net
