#include "server/server.h"

#include <gtest/gtest.h>

#include <random>

#include "server/house.h"

namespace tasuki::server {
namespace {

constexpr const char* patient = R"({"resourceType":"Patient","id":"p1"})";
constexpr const char* json = "Content-Type: application/fhir+json\r\n";

std::string cookie_of(House& house) {
  const Heard entered = house.ask("POST", "/signin/demo", "Content-Type: application/json\r\n",
                                  R"({"account":"own/doctor"})");
  const std::string cookie = entered.header("Set-Cookie");
  return "Cookie: other=1; " + cookie.substr(0, cookie.find(';')) + "\r\n";
}

TEST(Session, the_cookie_is_for_the_browser_alone_and_ends) {
  House house;
  const Heard entered = house.ask("POST", "/signin/demo", "Content-Type: application/json\r\n",
                                  R"({"account":"own/doctor"})");
  const std::string cookie = entered.header("Set-Cookie");
  EXPECT_EQ(entered.status, 204U);
  EXPECT_NE(cookie.find("; HttpOnly; SameSite=Strict; Max-Age="), std::string::npos) << cookie;
}

TEST(Session, a_cookie_alone_reads_but_changes_nothing) {
  House house;
  const std::string cookie = cookie_of(house);
  EXPECT_EQ(house.ask("GET", "/care/api/me", cookie).status, 200U);
  EXPECT_EQ(house.ask("PUT", "/fhir/Patient/p1", cookie + json, patient).status, 401U);
  EXPECT_EQ(house.ask("PUT", "/fhir/Patient/p1", cookie + "X-Tasuki: 1\r\n" + json, patient).status,
            201U);
}

TEST(Session, signing_out_ends_the_session_for_every_copy_of_the_cookie) {
  House house;
  const std::string cookie = cookie_of(house);
  EXPECT_EQ(house.ask("POST", "/signout", cookie + "X-Tasuki: 1\r\n", "{}").status, 204U);
  EXPECT_EQ(house.ask("GET", "/care/api/me", cookie).status, 401U);
}

TEST(Session, without_a_demo_database_there_is_no_one_press) {
  House house({}, false);
  const Heard options = house.ask("GET", "/signin/options");
  EXPECT_EQ(options.body, R"({"demo":false,"accounts":[]})");
  EXPECT_EQ(
      house.ask("POST", "/signin/demo", "X-Tasuki: 1\r\n", R"({"account":"own/doctor"})").status,
      403U);
}

TEST(Session, guessing_passwords_gets_slower) {
  House house;
  const char* wrong = R"({"account":"own/doctor","password":"wrong","code":"123456"})";
  for (int i = 0; i < 5; ++i)
    house.ask("POST", "/signin", "X-Tasuki: 1\r\n", wrong);
  const Heard heard = house.ask("POST", "/signin", "X-Tasuki: 1\r\n", wrong);
  EXPECT_EQ(heard.status, 429U);
  EXPECT_FALSE(heard.header("Retry-After").empty());
}

TEST(Rest, head_is_a_get_without_its_body) {
  House house;
  const std::string who = "Authorization: Bearer " + house.token("own/doctor") + "\r\n";
  house.ask("PUT", "/fhir/Patient/p1", who + json, patient);
  const Heard get = house.ask("GET", "/fhir/Patient/p1", who);
  const Heard head = house.ask("HEAD", "/fhir/Patient/p1", who);
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("Content-Length"), get.header("Content-Length"));
  EXPECT_EQ(head.header("ETag"), "W/\"1\"");
}

TEST(Rest, the_next_links_lead_through_everything_once) {
  House house;
  const std::string who = "Authorization: Bearer " + house.token("own/doctor") + "\r\n";
  for (int i = 0; i < 25; ++i) {
    const std::string id = "b" + std::to_string(i);
    house.ask("PUT", "/fhir/Basic/" + id, who + json,
              R"({"resourceType":"Basic","id":")" + id + R"(","code":{"text":"x"}})");
  }
  size_t pages = 0, found = 0;
  std::string url = "/fhir/Basic?_count=7";
  while (!url.empty() && pages < 10) {
    const Heard page = house.ask("GET", url, who);
    ASSERT_EQ(page.status, 200U) << page.body;
    ++pages;
    for (size_t at = page.body.find("\"mode\":\"match\""); at != std::string::npos;
         at = page.body.find("\"mode\":\"match\"", at + 1))
      ++found;
    const size_t next = page.body.find(R"("next","url":"http://test)");
    url = next == std::string::npos
              ? ""
              : page.body.substr(next + 25, page.body.find('"', next + 25) - next - 25);
  }
  EXPECT_EQ(pages, 4U);
  EXPECT_EQ(found, 25U);
}

// Any bytes get an answer that blames them (4xx) or does as told, never a 500, and the server lives
// on.
TEST(Rubbish, is_answered_and_never_a_fault_of_ours) {
  House house;
  const std::string who = "Authorization: Bearer " + house.token("own/doctor") + "\r\n";
  constexpr unsigned seed = 20261123;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string seeds[] = {
      patient,
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]})",
      R"({"resourceType":"Observation","status":"final","code":{"text":"K"},"valueQuantity":{"value":4.10}})"};
  const std::string targets[] = {"/fhir",
                                 "/fhir/Patient",
                                 "/fhir/Patient/p1",
                                 "/fhir/Patient?name=a&birthdate=ge2000",
                                 "/fhir/_history?_count=2",
                                 "/care/api/people?q=a",
                                 "/signin"};
  const char* methods[] = {"GET", "POST", "PUT", "DELETE"};
  for (int round = 0; round < 300; ++round) {
    std::string body = seeds[random() % std::size(seeds)],
                target = targets[random() % std::size(targets)];
    for (unsigned i = 0; i < 1 + random() % 4; ++i)
      body[random() % body.size()] = static_cast<char>(random() % 256);
    const std::string visible = "%&=|,:$?~!'()*abcXYZ019_-.";
    for (unsigned i = 0; i < random() % 4; ++i)
      target.insert(1 + random() % (target.size() - 1), 1, visible[random() % visible.size()]);
    const Heard heard =
        house.ask(methods[random() % 4], target, who + "X-Tasuki: 1\r\n" + json, body);
    EXPECT_GE(heard.status, 200U) << target;
    EXPECT_LT(heard.status, 500U) << target << " " << heard.body;
  }
  EXPECT_EQ(house.ask("GET", "/fhir/metadata").status, 200U);
}

}  // namespace
}  // namespace tasuki::server
