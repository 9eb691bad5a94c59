#include "load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace tasuki::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string answer;
  std::string_view left;  // of the request, still to be sent
  Clock::time_point due;  // from when its time counts
  bool busy = false;
};

int connect_to(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// The length of a whole HTTP answer at the start of the text; 0 while it is not all there.
size_t http_length(std::string_view text) {
  const size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  size_t body = 0;
  constexpr std::string_view name = "content-length:";
  const auto place =
      std::search(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(head), name.begin(),
                  name.end(), [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  const auto at = static_cast<size_t>(place - text.begin());
  if (at < head) {
    const size_t digits = text.find_first_not_of(' ', at + name.size());
    std::from_chars(text.data() + digits, text.data() + head, body);
  }
  return text.size() >= head + 4 + body ? head + 4 + body : 0;
}

size_t mllp_length(std::string_view text) {
  const size_t end = text.find("\x1c\r");
  return end == std::string_view::npos ? 0 : end + 2;
}

bool is_refusal(Protocol protocol, std::string_view answer) {
  if (protocol == Protocol::http) return answer.size() < 12 || answer[9] >= '4';
  return !answer.contains("MSA|AA") && !answer.contains("MSA|CA");
}

class Run {
 public:
  explicit Run(const Load& load)
      : load_(load), connections_(load.connections), poll_(epoll_create1(0)) {}

  Outcome go() {
    for (Connection& connection : connections_)
      open(connection);
    const auto start = Clock::now();
    stop_ = start + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(load_.seconds > 0 ? load_.seconds : 1e6));
    start_ = start;
    for (Connection& connection : connections_)
      go_on(connection);
    while (busy_ > 0 || is_paced())
      wait();
    outcome_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (const Connection& connection : connections_)
      close(connection.socket);
    close(poll_);
    std::ranges::sort(outcome_.latency_ms);
    return std::move(outcome_);
  }

 private:
  void open(Connection& connection) {
    connection.socket = connect_to(load_.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
  }

  void wait() {
    std::array<epoll_event, 64> events{};
    const timespec patience = idle_.empty() ? timespec{30, 0} : until(due());
    const int count =
        epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &patience, nullptr);
    if (count <= 0 && idle_.empty()) {
      std::fprintf(stderr, "no answer for 30 s\n");
      std::exit(1);
    }
    for (int i = 0; i < count; ++i)
      take(*static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr));
    while (!idle_.empty() && Clock::now() >= due() && is_paced()) {
      Connection& free = *idle_.back();
      idle_.pop_back();
      send_next(free, due());
    }
  }

  bool is_paced() const { return load_.per_second > 0 && Clock::now() < stop_; }

  Clock::time_point due() const {
    const std::chrono::duration<double> after(static_cast<double>(next_) / load_.per_second);
    return start_ + std::chrono::duration_cast<Clock::duration>(after);
  }

  static timespec until(Clock::time_point when) {
    const auto left = std::max(when - Clock::now(), Clock::duration::zero());
    return {.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count(),
            .tv_nsec = (left % std::chrono::seconds(1)).count()};
  }

  void go_on(Connection& connection) {
    if (load_.per_second > 0)
      idle_.push_back(&connection);
    else
      send_next(connection, Clock::now());
  }

  void send_next(Connection& connection, Clock::time_point due) {
    if (Clock::now() >= stop_) return;
    const auto index = static_cast<unsigned>(&connection - connections_.data());
    connection.left = load_.request(next_, index);
    if (connection.left.empty()) return;
    ++next_;
    connection.due = due;
    connection.busy = true;
    ++busy_;
    while (!connection.left.empty()) {  // blocking: requests are small beside the socket's buffer,
                                        // or worth the wait
      const ssize_t sent =
          ::send(connection.socket, connection.left.data(), connection.left.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        std::perror("send");
        std::exit(1);
      }
      connection.left.remove_prefix(static_cast<size_t>(sent));
    }
  }

  void take(Connection& connection) {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(connection.socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
      std::fprintf(stderr, "the server closed a connection\n");
      std::exit(1);
    }
    connection.answer.append(buffer.data(), static_cast<size_t>(size));
    const size_t length = load_.protocol == Protocol::http ? http_length(connection.answer)
                                                           : mllp_length(connection.answer);
    if (length == 0) return;
    finish(connection, std::string_view(connection.answer).substr(0, length));
    connection.answer.erase(0, length);
    go_on(connection);
  }

  void finish(Connection& connection, std::string_view answer) {
    ++outcome_.answered;
    outcome_.bytes_in += answer.size();
    if (is_refusal(load_.protocol, answer)) {
      if (outcome_.refused++ == 0) outcome_.first_refusal = answer.substr(0, 2000);
    }
    outcome_.latency_ms.push_back(
        std::chrono::duration<float, std::milli>(Clock::now() - connection.due).count());
    connection.busy = false;
    --busy_;
  }

  const Load& load_;
  std::vector<Connection> connections_;
  int poll_;
  Clock::time_point start_, stop_;
  std::vector<Connection*> idle_;  // paced: they wait for what is due next
  uint64_t next_ = 0;
  unsigned busy_ = 0;
  Outcome outcome_;
};

}  // namespace

double Outcome::latency(double quantile) const {
  if (latency_ms.empty()) return 0;
  const auto place = static_cast<size_t>(quantile * static_cast<double>(latency_ms.size() - 1));
  return static_cast<double>(latency_ms[place]);
}

Outcome run(const Load& load) {
  return Run(load).go();
}

std::string ask(uint16_t port, std::string_view request) {
  std::string answer;
  const int socket = connect_to(port);
  while (!request.empty()) {
    const ssize_t sent = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    request.remove_prefix(static_cast<size_t>(sent));
  }
  std::array<char, 65536> buffer;
  while (http_length(answer) == 0) {
    const ssize_t size = recv(socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    answer.append(buffer.data(), static_cast<size_t>(size));
  }
  close(socket);
  return answer;
}

std::string http_request(std::string_view method, std::string_view target, std::string_view headers,
                         std::string_view body) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: {}\r\n\r\n{}", method,
                     target, headers, body.size(), body);
}

}  // namespace tasuki::bench
