// Subscriptions over real sockets: a server that subscribes is a net::HttpServer of the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "server/house.h"

namespace tasuki::server {
namespace {

using testing::HasSubstr;

// Remembers what it was told; answers with the status it was given.
class Listener {
 public:
  Listener() {
    net::HttpSettings settings;
    settings.port = 0;
    net::HttpServer::Handlers handlers;
    handlers.handle = [this](const net::HttpRequest& request) {
      const std::lock_guard lock(mutex_);
      heard_.push_back(request);
      net::HttpResponse response;
      response.status = status_;
      return response;
    };
    auto started = net::HttpServer::start(settings, std::move(handlers));
    CHECK(started.has_value());
    server_ = *std::move(started);
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook";
  }
  void answer(unsigned status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }
  std::vector<net::HttpRequest> heard(size_t count) {
    for (int i = 0; i < 300; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (heard_.size() >= count) return heard_;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  std::mutex mutex_;
  std::vector<net::HttpRequest> heard_;
  unsigned status_ = 200;
  std::unique_ptr<net::HttpServer> server_;
};

ServerSettings listening() {
  ServerSettings settings;
  settings.subscriptions.endpoints = {"http://127.0.0.1:"};
  settings.subscriptions.look_every = std::chrono::milliseconds(10);
  settings.subscriptions.retry_first = std::chrono::milliseconds(20);
  settings.subscriptions.failures_max = 3;
  return settings;
}

class SubscriptionTest : public testing::Test {
 protected:
  Heard send(const char* method, const std::string& path, const std::string& body,
             const char* account = "own/doctor") {
    return house.ask(method, "/fhir/" + path,
                     "Authorization: Bearer " + house.token(account) +
                         "\r\nContent-Type: application/fhir+json\r\n",
                     body);
  }
  void subscribe(const std::string& criteria, const std::string& channel,
                 const char* account = "own/doctor", const std::string& more = {}) {
    const Heard heard =
        send("PUT", "Subscription/s1",
             R"({"resourceType":"Subscription","id":"s1","status":"requested","reason":"test",)" +
                 more + R"("criteria":")" + criteria + R"(","channel":{)" + channel + "}}",
             account);
    ASSERT_EQ(heard.status, 201U) << heard.body;
  }
  std::string status_becomes(std::string_view wanted) {
    std::string body;
    for (int i = 0; i < 300; ++i) {
      body = send("GET", "Subscription/s1", {}).body;
      if (body.contains("\"status\":\"" + std::string(wanted))) return body;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return body;
  }
  void put_observation(const std::string& id, const std::string& status,
                       const char* account = "own/doctor") {
    const Heard heard = send("PUT", "Observation/" + id,
                             R"({"resourceType":"Observation","id":")" + id + R"(","status":")" +
                                 status + R"(","code":{"text":"x"}})",
                             account);
    ASSERT_LT(heard.status, 300U) << heard.body;
  }
  std::string hook(const std::string& more = {}) {
    return R"("type":"rest-hook","endpoint":")" + listener.url() + "\"" + more;
  }

  Listener listener;
  House house{listening()};
};

TEST_F(SubscriptionTest, a_rest_hook_gets_the_resource_that_matches) {
  subscribe("Observation?status=final",
            hook(R"(,"payload":"application/fhir+json","header":["X-Secret: 1"])"));
  EXPECT_THAT(status_becomes("active"), HasSubstr(R"("status":"active")"));
  put_observation("o1", "preliminary");
  put_observation("o2", "final");
  const auto heard = listener.heard(1);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].method, "PUT");
  EXPECT_EQ(heard[0].target, "/hook/Observation/o2");
  EXPECT_EQ(heard[0].header("X-Secret"), "1");
  EXPECT_THAT(heard[0].body, HasSubstr(R"("status":"final")"));
}

TEST_F(SubscriptionTest, without_a_payload_it_is_only_told_that_something_happened) {
  subscribe("Observation", hook());
  status_becomes("active");
  put_observation("o1", "final");
  const auto heard = listener.heard(1);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].method + heard[0].target + heard[0].body, "POST/hook");
}

TEST_F(SubscriptionTest, it_is_told_again_until_it_is_taken_and_in_order) {
  subscribe("Observation", hook(R"(,"payload":"application/fhir+json")"));
  status_becomes("active");
  listener.answer(503);
  put_observation("o1", "final");
  put_observation("o2", "final");
  listener.heard(2);
  listener.answer(200);
  for (int i = 0; i < 200 && listener.heard(1).back().target != "/hook/Observation/o2"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto heard = listener.heard(3);
  EXPECT_EQ(heard.front().target, "/hook/Observation/o1");
  EXPECT_EQ(heard[heard.size() - 2].target, "/hook/Observation/o1");
  EXPECT_EQ(heard.back().target, "/hook/Observation/o2");
  EXPECT_EQ(heard[heard.size() - 2].header("X-Subscription-Event"), "s1/1");
  EXPECT_EQ(heard.back().header("X-Subscription-Event"), "s1/2");
}

TEST_F(SubscriptionTest, what_is_never_taken_ends_in_error) {
  subscribe("Observation", hook());
  status_becomes("active");
  listener.answer(500);
  put_observation("o1", "final");
  EXPECT_THAT(status_becomes("error"), HasSubstr("status 500"));
}

TEST_F(SubscriptionTest, a_restart_forgets_nothing) {
  subscribe("Observation", hook(R"(,"payload":"application/fhir+json")"));
  status_becomes("active");
  listener.answer(503);
  put_observation("o1", "final");
  listener.heard(1);
  house.restart();
  listener.answer(200);
  put_observation("o2", "final");
  for (int i = 0; i < 200 && listener.heard(1).back().target != "/hook/Observation/o2"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(listener.heard(1).back().target, "/hook/Observation/o2");
  EXPECT_THAT(send("GET", "Subscription/s1/$events", {}).body,
              HasSubstr(R"("events-since-subscription-start","valueString":"2")"));
}

TEST_F(SubscriptionTest, nobody_is_told_what_they_may_not_see) {
  subscribe("Patient", hook(R"(,"payload":"application/fhir+json")"), "other/doctor");
  for (int i = 0; i < 100; ++i) {
    if (send("GET", "Subscription/s1", {}, "other/doctor").body.contains("active")) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_EQ(send("PUT", "Patient/secret", R"({"resourceType":"Patient","id":"secret"})").status,
            201U);
  ASSERT_EQ(send("PUT", "Patient/mine", R"({"resourceType":"Patient","id":"mine"})", "other/doctor")
                .status,
            201U);
  const auto heard = listener.heard(1);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].target, "/hook/Patient/mine");
}

TEST_F(SubscriptionTest, an_endpoint_the_settings_do_not_name_is_an_error) {
  subscribe("Observation", R"("type":"rest-hook","endpoint":"http://10.0.0.1/x")");
  EXPECT_THAT(status_becomes("error"), HasSubstr("settings"));
}

TEST_F(SubscriptionTest, criteria_that_cannot_be_told_of_one_change_are_an_error) {
  subscribe("Observation?patient.name=x", hook());
  EXPECT_THAT(status_becomes("error"), HasSubstr("no chains"));
}

constexpr const char* topic = R"({"resourceType":"Basic","id":"t1",
 "code":{"coding":[{"system":"http://hl7.org/fhir/fhir-types","code":"SubscriptionTopic"}]},
 "extension":[
 {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url",
  "valueUri":"http://example.jp/topic/results"},
 {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.resourceTrigger",
  "extension":[{"url":"resource","valueUri":"http://hl7.org/fhir/StructureDefinition/Observation"},
   {"url":"supportedInteraction","valueCode":"create"},{"url":"supportedInteraction","valueCode":"delete"},
   {"url":"queryCriteria","extension":[{"url":"current","valueString":"status=final"}]}]}]})";

TEST_F(SubscriptionTest, a_topic_is_told_of_in_bundles_with_numbers) {
  ASSERT_EQ(send("PUT", "Basic/t1", topic).status, 201U);
  subscribe(
      "http://example.jp/topic/results",
      hook(
          R"(,"payload":"application/fhir+json","_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"full-resource"}]})"));
  status_becomes("active");
  put_observation("o1", "final");
  EXPECT_EQ(send("DELETE", "Observation/o1", {}).status, 204U);
  const auto heard = listener.heard(3);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_THAT(heard[0].body, HasSubstr(R"("valueCode":"handshake")"));
  EXPECT_THAT(heard[1].body, HasSubstr(R"("valueCode":"event-notification")"));
  EXPECT_THAT(heard[1].body, HasSubstr(R"("name":"event-number","valueString":"1")"));
  EXPECT_THAT(heard[1].body, HasSubstr(R"("resource":{"resourceType":"Observation","id":"o1")"));
  EXPECT_THAT(heard[2].body, HasSubstr(R"("method":"DELETE")"));
  EXPECT_THAT(send("GET", "Subscription/s1/$status", {}).body,
              HasSubstr(R"("valueCode":"query-status")"));
  EXPECT_THAT(send("GET", "Subscription/s1/$events?eventsSinceNumber=2", {}).body,
              testing::AllOf(HasSubstr("query-event"), HasSubstr(R"("valueString":"2")"),
                             testing::Not(HasSubstr(R"("event-number","valueString":"1")"))));
}

}  // namespace
}  // namespace tasuki::server
