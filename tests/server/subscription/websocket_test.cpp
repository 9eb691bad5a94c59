// Subscriptions with the channel websocket, over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "json/parse.h"
#include "net/websocket_client.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ServerSettings looking_often() {
  ServerSettings settings;
  settings.subscriptions.look_every = std::chrono::milliseconds(10);
  return settings;
}

class WebsocketSubscriptionTest : public testing::Test {
 protected:
  std::string authorisation(const char* account) {
    return "Authorization: Bearer " + house.token(account) + "\r\n";
  }
  Heard send(const char* method, const std::string& path, const std::string& body = {},
             const char* account = "own/doctor") {
    return house.ask(method, "/fhir/" + path,
                     authorisation(account) + "Content-Type: application/fhir+json\r\n", body);
  }
  net::WebSocketClient connect(const std::string& headers) {
    return {house.port(), "/fhir/websocket", headers};
  }
  net::WebSocketClient sign_in(const char* account = "own/doctor") {
    return connect(authorisation(account));
  }

  void subscribe(const std::string& criteria, const char* account = "own/doctor",
                 const std::string& channel = {}) {
    const Heard heard = send("PUT", "Subscription/s1",
                             R"({"resourceType":"Subscription","id":"s1","status":"requested",)"
                             R"("reason":"test","criteria":")" +
                                 criteria + R"(","channel":{"type":"websocket")" + channel + "}}",
                             account);
    ASSERT_EQ(heard.status, 201U) << heard.body;
    for (int i = 0; i < 500; ++i) {
      const std::string body = send("GET", "Subscription/s1", {}, account).body;
      if (body.contains(R"("status":"active")")) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL() << "it never became active";
  }
  void subscribe_to_topic(const std::string& more = {}) {
    ASSERT_EQ(send("PUT", "Basic/t1", topic).status, 201U);
    subscribe(
        "http://example.jp/topic/results", "own/doctor",
        R"(,"payload":"application/fhir+json","_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"full-resource"}]})" +
            more);
  }
  void put(const std::string& type, const std::string& id, const std::string& members,
           const char* account = "own/doctor") {
    const Heard heard =
        send("PUT", type + "/" + id,
             R"({"resourceType":")" + type + R"(","id":")" + id + "\"" + members + "}", account);
    ASSERT_LT(heard.status, 300U) << heard.body;
  }
  void put_observation(const std::string& id) {
    put("Observation", id, R"(,"status":"final","code":{"text":"x"})");
  }
  std::string token() {
    const Heard heard = send("POST", "Subscription/s1/$get-ws-binding-token");
    const auto document = json::parse(heard.body);
    if (heard.status != 200 || !document) return heard.body;
    return std::string(document->root.find("parameter")->items()[0].text_of("valueString"));
  }

  static constexpr const char* topic = R"({"resourceType":"Basic","id":"t1",
 "code":{"coding":[{"system":"http://hl7.org/fhir/fhir-types","code":"SubscriptionTopic"}]},
 "extension":[
 {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url",
  "valueUri":"http://example.jp/topic/results"},
 {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.resourceTrigger",
  "extension":[{"url":"resource","valueUri":"http://hl7.org/fhir/StructureDefinition/Observation"}]}]})";

  House house{looking_often()};
};

TEST_F(WebsocketSubscriptionTest, r4_is_bound_and_pinged) {
  subscribe("Observation?status=final");
  auto client = sign_in();
  client.send("bind s1");
  EXPECT_EQ(client.text(), "bound s1");
  put_observation("o1");
  EXPECT_EQ(client.text(), "ping s1");
  put_observation("o2");
  EXPECT_EQ(client.text(), "ping s1");
}

TEST_F(WebsocketSubscriptionTest, what_happened_while_nobody_listened_comes_when_somebody_does) {
  subscribe("Observation");
  put_observation("o1");
  put_observation("o2");
  house.restart();
  auto client = sign_in();
  client.send("bind s1");
  EXPECT_EQ(client.text(), "bound s1");
  EXPECT_EQ(client.text(), "ping s1");
  EXPECT_EQ(client.text(), "ping s1");
}

TEST_F(WebsocketSubscriptionTest, what_was_not_acknowledged_comes_again) {
  subscribe_to_topic();
  {
    auto deaf = sign_in();
    deaf.answer_pings(false);
    deaf.send("bind s1");
    EXPECT_EQ(deaf.text(), "bound s1");
    put_observation("o1");
    EXPECT_THAT(deaf.text(), HasSubstr(R"("event-number","valueString":"1")"));
  }
  auto client = sign_in();
  client.send("bind s1");
  EXPECT_EQ(client.text(), "bound s1");
  EXPECT_THAT(client.text(), HasSubstr(R"("event-number","valueString":"1")"));
}

TEST_F(WebsocketSubscriptionTest, a_token_binds_without_a_session_and_bundles_come) {
  subscribe_to_topic();
  const Heard given = send("GET", "Subscription/$get-ws-binding-token?id=s1");
  EXPECT_THAT(given.body,
              AllOf(HasSubstr(R"("name":"websocket-url","valueUrl":"ws://test/fhir/websocket")"),
                    HasSubstr(R"("name":"subscription","valueString":"s1")"),
                    HasSubstr(R"("name":"expiration","valueDateTime":)")));
  auto client = connect({});
  client.send("bind-with-token " + token());
  EXPECT_THAT(client.text(), HasSubstr(R"("valueCode":"handshake")"));
  put_observation("o1");
  EXPECT_THAT(client.text(),
              AllOf(HasSubstr(R"("valueCode":"event-notification")"),
                    HasSubstr(R"("event-number","valueString":"1")"),
                    HasSubstr(R"("resource":{"resourceType":"Observation","id":"o1")")));
  EXPECT_THAT(send("GET", "Subscription/s1/$events").body, HasSubstr("Observation/o1"));
}

TEST_F(WebsocketSubscriptionTest, a_heartbeat_comes_when_nothing_else_does) {
  subscribe_to_topic(
      R"(,"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period","valueUnsignedInt":1}])");
  auto client = sign_in();
  client.send("bind s1");
  EXPECT_EQ(client.text(), "bound s1");
  EXPECT_THAT(client.text(), HasSubstr(R"("valueCode":"heartbeat")"));
}

TEST_F(WebsocketSubscriptionTest, without_a_token_of_all_own_subscriptions_one_is_given) {
  subscribe("Observation");
  EXPECT_THAT(send("GET", "Subscription/$get-ws-binding-token").body,
              HasSubstr(R"("name":"subscription","valueString":"s1")"));
}

TEST_F(WebsocketSubscriptionTest, only_who_subscribed_may_listen) {
  subscribe("Observation");
  auto nobody = connect({});
  nobody.send("bind s1");
  EXPECT_THAT(nobody.text(), StartsWith("error s1 Sign in"));
  auto other = sign_in("own/clerk");
  other.send("bind s1");
  EXPECT_THAT(other.text(), StartsWith("error s1"));
  EXPECT_EQ(send("GET", "Subscription/s1/$get-ws-binding-token", {}, "own/clerk").status, 403U);
  auto page = connect(authorisation("own/doctor") + "Origin: https://evil.example\r\n");
  page.send("bind s1");
  EXPECT_THAT(page.text(), StartsWith("error s1 Sign in"));
}

TEST_F(WebsocketSubscriptionTest, nobody_is_pinged_for_what_they_may_not_see) {
  subscribe("Patient", "other/doctor");
  auto client = sign_in("other/doctor");
  client.send("bind s1");
  EXPECT_EQ(client.text(), "bound s1");
  put("Patient", "secret", "");
  put("Patient", "mine", "", "other/doctor");
  EXPECT_EQ(client.text(), "ping s1");
  const auto events =
      send("GET", "Subscription/s1/$events?content=id-only", {}, "other/doctor").body;
  EXPECT_THAT(events, HasSubstr("Patient/mine"));
  EXPECT_THAT(events, Not(HasSubstr("Patient/secret")));
}

TEST_F(WebsocketSubscriptionTest, who_has_signed_out_hears_nothing_more) {
  subscribe("Observation");
  const std::string session = authorisation("own/doctor");
  auto client = connect(session);
  client.send("bind s1");
  EXPECT_EQ(client.text(), "bound s1");
  ASSERT_EQ(house.ask("POST", "/signout", session + "X-Tasuki: 1\r\n").status, 204U);
  put_observation("o1");
  EXPECT_EQ(client.text(), "(closed)");
}

TEST_F(WebsocketSubscriptionTest, rubbish_is_answered_with_what_would_be_right) {
  auto client = sign_in();
  client.send("hello");
  EXPECT_THAT(client.text(), HasSubstr("bind <id>"));
  client.send("bind nothing");
  EXPECT_THAT(client.text(), StartsWith("error nothing"));
  client.send("bind-with-token x");
  EXPECT_THAT(client.text(), HasSubstr("$get-ws-binding-token"));
}

TEST_F(WebsocketSubscriptionTest, a_socket_that_binds_nothing_is_closed) {
  ServerSettings impatient = looking_often();
  impatient.subscriptions.bind_wait_max = std::chrono::milliseconds(50);
  House other(impatient);
  net::WebSocketClient nobody(other.port(), "/fhir/websocket");
  EXPECT_EQ(nobody.text(), "(closed)");
}

TEST_F(WebsocketSubscriptionTest, the_statement_tells_where) {
  EXPECT_THAT(send("GET", "metadata").body,
              HasSubstr(R"(capabilitystatement-websocket","valueUri":"ws://test/fhir/websocket")"));
}

}  // namespace
}  // namespace tasuki::server
