// Who is told of a trouble, over real sockets: a webhook and a mail relay of the test's own.
#include "intake/health/alerts.h"

#include <fmt/core.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "intake/receive_house.h"
#include "net/http.h"

namespace tasuki::intake::health {
namespace {

using namespace std::chrono_literals;
using test::House;

// A webhook that keeps what it hears and answers as it is told to.
class Hook {
 public:
  Hook() {
    net::HttpSettings http;
    http.port = 0;
    auto server = net::HttpServer::start(
        http, {.is_quick = {}, .handle = [this](const net::HttpRequest& request) {
                 const std::lock_guard lock(mutex_);
                 heard_.push_back(std::string(request.path()) + " " + request.body);
                 return net::HttpResponse{.status = status_};
               }});
    if (!server) throw std::runtime_error(server.error().message);
    server_ = *std::move(server);
  }
  std::string url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
  }
  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  void answer(unsigned status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> heard_;
  unsigned status_ = 200;
  std::unique_ptr<net::HttpServer> server_;
};

AlertSettings settings_of(const Hook& hook) {
  AlertSettings settings;
  settings.of_feed["test.feed"] = {
      .first = {hook.url("/first")}, .then = {hook.url("/then")}, .escalates_after = 30min};
  return settings;
}

std::vector<Trouble> trouble(bool stands) {
  return {{.id = "test.feed",
           .organisation = "1319999999",
           .stands = stands,
           .level = "fault",
           .lines = {"🔴 届いていません。", "10:20から0件です。"}}};
}

TEST(Alerts, tell_the_owners_once_and_when_it_is_over) {
  House house;
  Hook hook;
  Alerts alerts(house.door(), settings_of(hook));
  const Instant start = now();
  alerts.look(trouble(true), start);
  alerts.look(trouble(true), start + 1min);
  ASSERT_EQ(hook.heard().size(), 1U);
  EXPECT_TRUE(hook.heard()[0].starts_with("/first {")) << hook.heard()[0];
  EXPECT_TRUE(hook.heard()[0].contains(R"("state":"begun")"));
  EXPECT_TRUE(hook.heard()[0].contains("10:20から0件です。"));
  alerts.look(trouble(false), start + 2min);
  ASSERT_EQ(hook.heard().size(), 2U);
  EXPECT_TRUE(hook.heard()[1].contains(R"("state":"over")"));
  EXPECT_EQ(alerts.list(house.clerk()).value_or(""), R"({"alerts":[]})");
}

TEST(Alerts, call_those_behind_when_nobody_takes_it_on) {
  House house;
  Hook hook;
  Alerts alerts(house.door(), settings_of(hook));
  const Instant start = now();
  alerts.look(trouble(true), start);
  alerts.look(trouble(true), start + 29min);
  EXPECT_EQ(hook.heard().size(), 1U);
  alerts.look(trouble(true), start + 30min);
  ASSERT_EQ(hook.heard().size(), 2U);
  EXPECT_TRUE(hook.heard()[1].starts_with("/then {"));
}

TEST(Alerts, call_nobody_else_once_somebody_is_on_it) {
  House house;
  Hook hook;
  Alerts alerts(house.door(), settings_of(hook));
  const Instant start = now();
  alerts.look(trouble(true), start);
  ASSERT_TRUE(alerts.take_on("test.feed", house.clerk()));
  EXPECT_TRUE(alerts.list(house.clerk()).value_or("").contains("事務 花"));
  alerts.look(trouble(true), start + 60min);
  EXPECT_EQ(hook.heard().size(), 1U);
}

TEST(Alerts, that_could_not_be_delivered_are_tried_again) {
  House house;
  Hook hook;
  hook.answer(500);
  Alerts alerts(house.door(), settings_of(hook));
  alerts.look(trouble(true), now());
  hook.answer(204);
  alerts.look(trouble(true), now());
  alerts.look(trouble(true), now());
  EXPECT_EQ(hook.heard().size(), 2U);
}

// A relay that takes one letter. RFC 5321 3.3.
class Relay {
 public:
  Relay() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, length) != 0 || ::listen(listener_, 1) != 0)
      throw std::runtime_error("no port");
    ::getsockname(listener_, plain, &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~Relay() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  std::string letter() {
    if (thread_.joinable()) thread_.join();
    return letter_;
  }

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    say(peer, "220 relay");
    std::string line;
    bool inside = false;
    for (char c = 0; ::recv(peer, &c, 1, 0) == 1;) {
      line += c;
      if (!line.ends_with("\r\n")) continue;
      letter_ += line;
      if (inside && line == ".\r\n") {
        inside = false;
        say(peer, "250 taken");
      } else if (!inside) {
        const bool is_data = line.starts_with("DATA");
        inside = is_data;
        say(peer, is_data ? "354 go on" : line.starts_with("QUIT") ? "221 bye" : "250 ok");
      }
      line.clear();
    }
    ::close(peer);
  }
  static void say(int peer, std::string_view text) {
    const std::string line = std::string(text) + "\r\n";
    ::send(peer, line.data(), line.size(), MSG_NOSIGNAL);
  }

  const int listener_;
  uint16_t port_ = 0;
  std::string letter_;
  std::jthread thread_;
};

TEST(Alerts, go_by_mail) {
  House house;
  Relay relay;
  AlertSettings settings;
  settings.mail_relay = relay.address();
  settings.mail_from = "tasuki@minato.example";
  settings.usual.first = {"mailto:jimu@minato.example"};
  Alerts alerts(house.door(), settings);
  alerts.look(trouble(true), now());
  const std::string letter = relay.letter();
  EXPECT_TRUE(letter.contains("RCPT TO:<jimu@minato.example>")) << letter;
  EXPECT_TRUE(letter.contains("Subject:")) << letter;
  EXPECT_TRUE(
      alerts.list(house.clerk()).value_or("").contains(R"("told":["mailto:jimu@minato.example"])"));
}

TEST(Alerts, are_not_told_again_after_a_restart) {
  House house;
  Hook hook;
  const Instant start = now();
  Alerts(house.door(), settings_of(hook)).look(trouble(true), start);
  Alerts again(house.door(), settings_of(hook));
  again.look(trouble(true), start + 1min);
  EXPECT_EQ(hook.heard().size(), 1U);
}

}  // namespace
}  // namespace tasuki::intake::health
