#include "net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "net/client.h"

namespace tasuki::net {
namespace {

HttpResponse echo(const HttpRequest& request) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = request.method + " " + request.target + " " + request.body;
  return response;
}

class HttpServerTest : public testing::Test {
 protected:
  void start(HttpSettings settings = {}, HttpServer::Handlers handlers = {}) {
    settings.port = 0;
    if (!handlers.handle) handlers.handle = echo;
    auto started = HttpServer::start(settings, std::move(handlers));
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server = *std::move(started);
  }
  std::string talk(std::string_view request) {
    Client client(server->port());
    client.send(request);
    client.end();
    return client.rest();
  }
  std::unique_ptr<HttpServer> server;
};

struct Case {
  const char* name;
  const char* request;
  const char* status;  // how the answer begins
  const char* contains;
};
const Case cases[] = {
    {"a_get_is_answered", "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n",
     "GET /a?b=c "},
    {"a_body_with_a_length_arrives",
     "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200",
     "POST /a hello"},
    {"a_chunked_body_arrives_joined",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
     "chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
     "HTTP/1.1 200", "POST / hello"},
    {"an_absolute_target_is_understood", "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n",
     "HTTP/1.1 200", "GET /a "},
    {"http_1_0_is_told_that_it_may_stay", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
     "HTTP/1.1 200", "Connection: keep-alive"},
    {"http_1_0_closes", "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200", "Connection: close"},
    {"connection_close_is_honoured", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
     "HTTP/1.1 200", "Connection: close"},
    {"no_host_is_refused", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400", ""},
    {"two_hosts_are_refused", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "HTTP/1.1 400", ""},
    {"rubbish_is_refused", "\x16\x03\x01\x02rubbish\r\n\r\n", "HTTP/1.1 400", ""},
    {"a_space_before_the_colon_is_refused", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "HTTP/1.1 400",
     ""},
    {"http_2_is_refused", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505", ""},
    {"length_and_chunks_together_are_refused",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     "HTTP/1.1 400", ""},
    {"two_lengths_are_refused",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
     "HTTP/1.1 400", ""},
    {"a_length_that_is_no_number_is_refused",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400", ""},
    {"a_body_too_long_is_refused_before_it_is_sent",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", "HTTP/1.1 413", ""},
    {"an_unknown_expectation_is_refused",
     "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 417", ""},
};
class HttpExchange : public HttpServerTest, public testing::WithParamInterface<Case> {};

TEST_P(HttpExchange, answers) {
  start({.body_bytes_max = 1000, .header_bytes_max = 1000});
  const std::string answer = talk(GetParam().request);
  EXPECT_TRUE(answer.starts_with(GetParam().status)) << answer;
  EXPECT_NE(answer.find(GetParam().contains), std::string::npos) << answer;
}
INSTANTIATE_TEST_SUITE_P(Http, HttpExchange, testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

TEST_F(HttpServerTest, pipelined_requests_are_answered_in_order_though_some_are_slow) {
  start({}, {.is_quick = [](const HttpRequest& request) { return request.path() != "/slow"; },
             .handle = echo});
  Client client(server->port());
  std::string requests, expected;
  for (const char* path : {"/1", "/slow", "/2", "/slow", "/slow", "/3"})
    requests += std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(requests);
  for (const char* path : {"/1", "/slow", "/2", "/slow", "/slow", "/3"})
    EXPECT_TRUE(client.response().ends_with(std::string("GET ") + path + " "));
}

TEST_F(HttpServerTest, a_connection_serves_many_requests) {
  start();
  Client client(server->port());
  for (int i = 0; i < 100; ++i) {
    client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.response().ends_with("GET /" + std::to_string(i) + " "));
  }
}

TEST_F(HttpServerTest, bytes_may_come_one_by_one) {
  start();
  Client client(server->port());
  for (const char c :
       std::string_view("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok"))
    client.send({&c, 1});
  EXPECT_TRUE(client.response().ends_with("POST /a ok"));
}

TEST_F(HttpServerTest, who_expects_to_be_told_gets_100_continue) {
  start();
  Client client(server->port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_TRUE(client.response().ends_with("POST /a ok"));
}

TEST_F(HttpServerTest, head_says_the_length_and_sends_no_body) {
  start();
  Client client(server->port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.response(false).find("Content-Length: 8\r\n"), std::string::npos);
  EXPECT_TRUE(client.response().ends_with("GET /b "));
}

TEST_F(HttpServerTest, a_head_too_long_is_refused_with_431) {
  start({.header_bytes_max = 2000});
  const std::string answer =
      talk("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(3000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 431")) << answer;
}

TEST_F(HttpServerTest, a_chunked_body_too_long_is_refused_with_413) {
  start({.body_bytes_max = 1000});
  const std::string answer =
      talk("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
           std::string(0x800, 'x') + "\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
}

TEST_F(HttpServerTest, large_bodies_go_both_ways) {
  start();
  const std::string body(3'000'000, 'x');
  Client client(server->port());
  std::thread sender([&] {
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + body);
  });
  const std::string answer = client.response();
  sender.join();
  EXPECT_TRUE(answer.ends_with(body));
}

TEST_F(HttpServerTest, a_shared_body_is_sent_whole) {
  const auto file = std::make_shared<const std::string>(std::string(200'000, 'f'));
  start({}, {.is_quick = {}, .handle = [file](const HttpRequest&) {
               return HttpResponse{200, {}, {}, file};
             }});
  EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n").ends_with(*file));
}

// Counts, so that a test sees how far the making ran ahead of the client.
class Counting final : public BodySource {
 public:
  Counting(int pieces, size_t bytes, int fails_at = -1)
      : pieces_(pieces), bytes_(bytes), fails_at_(fails_at) {}
  Result<std::string> next() override {
    if (made == fails_at_) return Error{Error::Kind::internal, "broken", {}};
    if (made == pieces_) return std::string();
    ++made;
    return std::string(bytes_, static_cast<char>('a' + made % 26));
  }
  std::atomic<int> made = 0;

 private:
  const int pieces_;
  const size_t bytes_;
  const int fails_at_;
};

HttpServer::Handlers streams(const std::shared_ptr<BodySource>& source) {
  HttpServer::Handlers handlers;
  handlers.handle = [source](const HttpRequest& request) {
    if (request.path() != "/stream") return echo(request);
    HttpResponse response;
    response.source = source;
    return response;
  };
  return handlers;
}

TEST_F(HttpServerTest, a_body_may_be_made_while_it_is_sent) {
  start({}, streams(std::make_shared<Counting>(3, 5)));
  EXPECT_THAT(
      talk("GET /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n"),
      testing::AllOf(testing::HasSubstr("Transfer-Encoding: chunked\r\n"),
                     testing::HasSubstr(
                         "\r\n\r\n5\r\nbbbbb\r\n5\r\nccccc\r\n5\r\nddddd\r\n0\r\n\r\nHTTP/1.1 200"),
                     testing::EndsWith("GET /next ")));
}

TEST_F(HttpServerTest, http_1_0_gets_a_made_body_without_chunks) {
  start({}, streams(std::make_shared<Counting>(2, 3)));
  EXPECT_THAT(talk("GET /stream HTTP/1.0\r\n\r\n"), testing::EndsWith("\r\n\r\nbbbccc"));
}

TEST_F(HttpServerTest, a_body_that_fails_is_cut_and_not_ended) {
  start({}, streams(std::make_shared<Counting>(9, 5, 2)));
  const std::string answer = talk("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, testing::Not(testing::HasSubstr("\r\n0\r\n")));
}

TEST_F(HttpServerTest, a_client_that_does_not_read_slows_the_making) {
  const auto source = std::make_shared<Counting>(200, size_t{1024} * 1024);
  start({}, streams(source));
  Client client(server->port());
  client.send("GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.exactly(1000).size(), 1000U);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LT(source->made, 50);  // what the sockets hold, and one ahead
  EXPECT_GT(client.rest().size(), size_t{200} * 1024 * 1024);
}

TEST_F(HttpServerTest, a_made_body_may_be_gzipped) {
  start({}, streams(gzipped(std::make_shared<Counting>(20, 100'000))));
  const std::string answer = talk("GET /stream HTTP/1.0\r\n\r\n");
  const size_t body = answer.find("\r\n\r\n") + 4;
  EXPECT_EQ(answer.substr(body, 2), "\x1f\x8b");
  EXPECT_LT(answer.size(), 100'000U);
}

TEST_F(HttpServerTest, a_request_begun_and_not_ended_gets_408) {
  start({.idle_seconds_max = 1});
  Client client(server->port());
  client.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_TRUE(client.rest().starts_with("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, an_idle_connection_is_closed) {
  start({.idle_seconds_max = 1});
  Client client(server->port());
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, a_connection_too_many_is_told_503) {
  start({.connections_max = 1});
  Client first(server->port());
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  first.response();
  Client second(server->port());
  EXPECT_TRUE(second.rest().starts_with("HTTP/1.1 503"));
  first.send("GET /still HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(first.response().ends_with("GET /still "));
}

TEST_F(HttpServerTest, a_handler_that_throws_is_a_500_and_the_server_lives) {
  start({}, {.is_quick = {}, .handle = [](const HttpRequest&) -> HttpResponse {
               throw std::runtime_error("bug");
             }});
  EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 500"));
}

TEST_F(HttpServerTest, a_header_value_cannot_forge_a_header) {
  start({}, {.is_quick = {}, .handle = [](const HttpRequest&) {
               return HttpResponse{200, {{"X", "a\r\nSet-Cookie: b"}}, {}, {}};
             }});
  EXPECT_EQ(talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n").find("\r\nSet-Cookie"), std::string::npos);
}

TEST_F(HttpServerTest, workers_run_beside_one_another) {
  std::latch together(20);  // passes only if twenty requests are handled at the same time
  start({}, {.is_quick = {}, .handle = [&](const HttpRequest& request) {
               together.arrive_and_wait();
               return echo(request);
             }});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  for (auto& client : clients)
    EXPECT_TRUE(client->response().ends_with("GET / "));
}

TEST_F(HttpServerTest, stopping_finishes_what_runs) {
  std::latch handling(1), stopping(1);
  start({}, {.is_quick = {}, .handle = [&](const HttpRequest& request) {
               handling.count_down();
               stopping.wait();
               return echo(request);
             }});
  Client idle(server->port()), busy(server->port());
  busy.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n");
  handling.wait();
  std::thread stopper([&] { server.reset(); });
  EXPECT_TRUE(idle.closed());
  stopping.count_down();
  EXPECT_TRUE(busy.rest().ends_with("GET /last "));
  stopper.join();
}

TEST_F(HttpServerTest, a_port_in_use_is_an_error_that_names_it) {
  start();
  const auto second = HttpServer::start({.port = server->port()}, {.is_quick = {}, .handle = echo});
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
}

TEST_F(HttpServerTest, half_a_tls_setting_is_an_error) {
  const auto half =
      HttpServer::start({.port = 0, .certificate_file = "c.pem"}, {.is_quick = {}, .handle = echo});
  ASSERT_FALSE(half.has_value());
  EXPECT_EQ(half.error().location, "certificate_file");
}

}  // namespace
}  // namespace tasuki::net
