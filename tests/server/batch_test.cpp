// A large batch is written in slices, yet each entry is answered for itself and in its place.
#include <gtest/gtest.h>

#include <cstdlib>

#include <fmt/format.h>

#include "json/parse.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

// Every hundredth breaks FHIR's rules, every hundred-and-first is a read of nothing.
std::string entry_text(size_t number) {
  const std::string id = "b" + std::to_string(number);
  if (number % 100 == 51) return R"({"request":{"method":"GET","url":"Patient/none"}})";
  const std::string gender = number % 100 == 50 ? "sometimes" : "female";
  return R"({"resource":{"resourceType":"Patient","id":")" + id + R"(","gender":")" + gender +
         R"("},"request":{"method":"PUT","url":"Patient/)" + id + R"("}})";
}

std::string expected_of(size_t number) {
  if (number % 100 == 51) return "404";
  return number % 100 == 50 ? "422" : "201";
}

TEST(Batch, of_many_entries_answers_each) {
  const size_t count = std::getenv("TASUKI_LONG") != nullptr ? 100'000 : 1'300;
  House house;
  const std::string headers = "Authorization: Bearer " + house.token("own/doctor") +
                              "\r\nContent-Type: application/fhir+json\r\n";
  std::string body = R"({"resourceType":"Bundle","type":"batch","entry":[)";
  for (size_t i = 0; i < count; ++i)
    body += (i == 0 ? "" : ",") + entry_text(i);
  const Heard heard = house.ask("POST", "/fhir", headers, body + "]}");
  ASSERT_EQ(heard.status, 200U) << heard.body.substr(0, 500);
  const auto answer = json::parse(heard.body);
  ASSERT_TRUE(answer.has_value());
  const auto entries = answer->root.find("entry")->items();
  ASSERT_EQ(entries.size(), count);
  for (size_t i = 0; i < count; ++i)
    ASSERT_EQ(entries[i].find("response")->text_of("status").substr(0, 3), expected_of(i)) << i;
  EXPECT_EQ(house.ask("GET", "/fhir/Patient/b1299", headers).status, count > 1'299 ? 200U : 404U);
  EXPECT_EQ(house.ask("GET", "/fhir/Patient/b50", headers).status, 404U);
}

// A patient, and observations that refer to the one before them by fullUrl.
std::string linked_entry(size_t number) {
  constexpr size_t of_patient = 10;
  const auto url = [](size_t of) {
    return fmt::format("urn:uuid:00000000-0000-4000-8000-{:012}", of);
  };
  const std::string resource =
      number % of_patient == 0
          ? fmt::format(
                R"({{"resourceType":"Patient","birthDate":"1950-01-01","name":[{{"family":"F{}"}}]}})",
                number)
          : fmt::format(
                R"({{"resourceType":"Observation","status":"final","code":{{"text":"x"}},"subject":{{"reference":"{}"}}}})",
                url(number - number % of_patient));
  return fmt::format(R"({{"fullUrl":"{}","resource":{},"request":{{"method":"POST","url":"{}"}}}})",
                     url(number), resource, number % of_patient == 0 ? "Patient" : "Observation");
}

TEST(Transaction, of_many_entries_is_one_commit) {
  const size_t count = std::getenv("TASUKI_LONG") != nullptr ? 100'000 : 1'500;
  House house;
  const std::string headers = "Authorization: Bearer " + house.token("own/doctor") +
                              "\r\nContent-Type: application/fhir+json\r\n";
  std::string body = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  for (size_t i = 0; i < count; ++i)
    body += linked_entry(i) + ",";
  const auto total = [&] {
    return json::parse(house
                           .ask("GET",
                                "/fhir/Observation?patient.birthdate=1950-01-01&_summary=count",
                                headers)
                           .body)
        ->root.find("total")
        ->text();
  };

  const std::string wrong = R"({"resource":{"resourceType":"Patient","gender":"sometimes"},)"
                            R"("request":{"method":"POST","url":"Patient"}}]})";
  const Heard refused = house.ask("POST", "/fhir", headers, body + wrong);
  EXPECT_EQ(refused.status, 422U);
  EXPECT_NE(refused.body.find(fmt::format("Bundle.entry[{}].resource.gender", count)),
            std::string::npos)
      << refused.body;
  EXPECT_EQ(total(), "0");

  body.back() = ']';
  const Heard heard = house.ask("POST", "/fhir", headers, body + "}");
  ASSERT_EQ(heard.status, 200U) << heard.body.substr(0, 500);
  const auto answer = json::parse(heard.body);
  ASSERT_EQ(answer->root.find("entry")->size(), count);
  EXPECT_EQ(total(), std::to_string(count / 10 * 9));
}

TEST(Batch, of_too_many_entries_is_refused) {
  ServerSettings settings;
  settings.transaction_entries_max = 3;
  House house(settings);
  const std::string headers = "Authorization: Bearer " + house.token("own/doctor") +
                              "\r\nContent-Type: application/fhir+json\r\n";
  const std::string entries = entry_text(1) + "," + entry_text(2) + "," + entry_text(3);
  const auto bundle = [&](const std::string& more) {
    return R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + more + "]}";
  };
  EXPECT_EQ(house.ask("POST", "/fhir", headers, bundle("," + entry_text(4))).status, 403U);
  EXPECT_EQ(house.ask("GET", "/fhir/Patient/b1", headers).status, 404U);
  EXPECT_EQ(house.ask("POST", "/fhir", headers, bundle("")).status, 200U);
}

TEST(ConditionalDelete, of_many_is_a_policy) {
  ServerSettings settings;
  settings.delete_many_max = 3;
  House house(settings);
  const std::string headers = "Authorization: Bearer " + house.token("own/doctor") +
                              "\r\nContent-Type: application/fhir+json\r\n";
  for (int i = 0; i < 5; ++i)
    house.ask("POST", "/fhir/Patient", headers,
              R"({"resourceType":"Patient","birthDate":"1952-04-01"})");
  const std::string some = "/fhir/Patient?birthdate=1952-04-01";
  EXPECT_EQ(house.ask("DELETE", some, headers).status, 412U);  // five: more than the policy allows
  const Heard two = house.ask("DELETE", some + "&_count=2", headers);
  EXPECT_EQ(two.status, 200U);
  EXPECT_NE(two.body.find("2件を削除しました。"), std::string::npos) << two.body;
  const Heard three = house.ask("DELETE", some, headers);
  EXPECT_NE(three.body.find("3 resources were deleted."), std::string::npos) << three.body;
  EXPECT_EQ(house.ask("DELETE", some, headers).status, 204U);
  EXPECT_EQ(house.ask("DELETE", "/fhir/Patient?_count=2", headers).status, 400U);
  const Heard metadata = house.ask("GET", "/fhir/metadata", "");
  EXPECT_NE(metadata.body.find(R"("conditionalDelete":"multiple")"), std::string::npos);
}

}  // namespace
}  // namespace tasuki::server
