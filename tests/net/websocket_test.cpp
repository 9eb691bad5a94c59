#include "net/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "net/http.h"
#include "net/websocket_client.h"

namespace tasuki::net {
namespace {

using testing::HasSubstr;

// Says everything back.
class Echo final : public WebSocketTalk {
 public:
  void opened(std::weak_ptr<WebSocket> socket) override {
    const std::lock_guard lock(mutex_);
    socket_ = std::move(socket);
    changed_.notify_all();
  }
  void received(const std::string& text) override { socket()->send("echo " + text); }
  void closed() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::shared_ptr<WebSocket> socket() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return !socket_.expired(); });
    return socket_.lock();
  }
  bool is_closed() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return closed_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::weak_ptr<WebSocket> socket_;
  bool closed_ = false;
};

class WebSocketTest : public testing::Test {
 protected:
  WebSocketTest() {
    HttpSettings settings;
    settings.port = 0;
    auto started =
        HttpServer::start(settings, {.is_quick = {}, .handle = [this](const HttpRequest&) {
                                       HttpResponse response;
                                       response.status = 101;
                                       response.websocket = echo;
                                       return response;
                                     }});
    server = *std::move(started);
  }
  std::shared_ptr<Echo> echo = std::make_shared<Echo>();
  std::unique_ptr<HttpServer> server;
};

TEST_F(WebSocketTest, text_goes_both_ways) {
  WebSocketClient client(server->port(), "/ws");
  // The key's answer is RFC 6455 1.3's own example.
  EXPECT_THAT(client.answer(), HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  client.send("一");
  client.send("two");
  EXPECT_EQ(client.text(), "echo 一");
  EXPECT_EQ(client.text(), "echo two");
}

TEST_F(WebSocketTest, a_delivery_is_done_when_the_pong_is_there) {
  WebSocketClient client(server->port(), "/ws");
  const auto socket = echo->socket();
  std::thread reader([&] {
    client.text();
    client.text();
  });
  EXPECT_TRUE(socket->deliver("news").has_value());
  socket->send("end");
  reader.join();
}

TEST_F(WebSocketTest, a_delivery_fails_when_the_client_goes_away_instead) {
  std::thread deliverer;
  {
    WebSocketClient client(server->port(), "/ws");
    const auto socket = echo->socket();
    client.answer_pings(false);
    deliverer = std::thread([socket] { EXPECT_FALSE(socket->deliver("news").has_value()); });
    EXPECT_EQ(client.text(), "news");
  }
  deliverer.join();
  EXPECT_TRUE(echo->is_closed());
}

TEST_F(WebSocketTest, a_request_that_asks_for_none_is_refused) {
  Client client(server->port());
  client.send("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("HTTP/1.1 4"));
}

TEST_F(WebSocketTest, bytes_and_long_texts_close_it) {
  WebSocketClient binary(server->port(), "/ws");
  binary.send_binary("\x01");
  EXPECT_EQ(binary.text(), "(closed)");
  WebSocketClient rubbish(server->port(), "/ws");
  rubbish.send("\xff\xfe");  // no UTF-8: RFC 6455 8.1
  EXPECT_EQ(rubbish.text(), "(closed)");
}

TEST_F(WebSocketTest, the_server_can_stop_while_one_is_open) {
  const WebSocketClient client(server->port(), "/ws");
  echo->socket();
  server.reset();
  EXPECT_TRUE(echo->is_closed());
}

}  // namespace
}  // namespace tasuki::net
