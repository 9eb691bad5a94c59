// Requests answered later, and $export: over real sockets, with restarts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "json/parse.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

using testing::HasSubstr;

class JobsTest : public testing::Test {
 protected:
  void put(const std::string& type, const std::string& id, const std::string& rest,
           const char* account = "own/doctor") {
    const Heard heard =
        house.ask("PUT", "/fhir/" + type + "/" + id, as(account),
                  R"({"resourceType":")" + type + R"(","id":")" + id + "\"" + rest + "}");
    ASSERT_LT(heard.status, 300U) << heard.body;
  }
  std::string as(const char* account) {
    auto& token = tokens[account];
    if (token.empty()) token = house.token(account);
    return "Authorization: Bearer " + token + "\r\nContent-Type: application/fhir+json\r\n";
  }
  // The path of the job's URL.
  std::string accepted(const Heard& heard) {
    EXPECT_EQ(heard.status, 202U) << heard.body;
    const std::string url = heard.header("Content-Location");
    const size_t at = url.find("/fhir/");
    return at == std::string::npos ? std::string() : url.substr(at);
  }
  Heard ended(const std::string& path, const char* account = "own/doctor") {
    for (int i = 0; i < 200; ++i) {
      Heard heard = house.ask("GET", path, as(account));
      if (heard.status != 202) return heard;
      EXPECT_FALSE(heard.header("X-Progress").empty());
      EXPECT_FALSE(heard.header("Retry-After").empty());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "the job did not end";
    return {};
  }
  Heard exported(const std::string& target, const char* account = "own/doctor") {
    return ended(accepted(house.ask("GET", target, as(account) + "Prefer: respond-async\r\n")),
                 account);
  }
  // All lines of the manifest's files, by their order.
  std::string lines(const Heard& manifest, const char* account = "own/doctor") {
    std::string all;
    const auto document = json::parse(manifest.body);
    if (!document) return "no manifest: " + manifest.body;
    for (const json::Value& file : document->root.find("output")->items()) {
      const std::string url(file.text_of("url"));
      net::Client client(house.port());
      client.send("GET " + url.substr(url.find("/fhir/")) + " HTTP/1.0\r\n" + as(account) + "\r\n");
      const std::string answer = client.rest();
      all += answer.substr(answer.find("\r\n\r\n") + 4);
    }
    return all;
  }

  House house;
  std::map<std::string, std::string> tokens;
};

TEST_F(JobsTest, any_request_may_be_answered_later) {
  put("Patient", "p1", "");
  const std::string job = accepted(
      house.ask("GET", "/fhir/Patient?_id=p1", as("own/doctor") + "Prefer: respond-async\r\n"));
  const Heard heard = ended(job);
  EXPECT_EQ(heard.status, 200U);
  EXPECT_THAT(heard.body, HasSubstr(R"("type":"batch-response")"));
  EXPECT_THAT(heard.body, HasSubstr(R"("response":{"status":"200"})"));
  EXPECT_THAT(heard.body, HasSubstr(R"("type":"searchset")"));
  EXPECT_FALSE(heard.header("Expires").empty());
  EXPECT_EQ(house.ask("GET", job, as("other/doctor")).status, 404U) << "whose it is not";
  EXPECT_EQ(house.ask("DELETE", job, as("own/doctor")).status, 202U);
  EXPECT_EQ(house.ask("GET", job, as("own/doctor")).status, 404U);
}

TEST_F(JobsTest, what_fails_later_says_so_in_the_entry) {
  const Heard heard = ended(accepted(
      house.ask("GET", "/fhir/Patient/none", as("own/doctor") + "Prefer: respond-async\r\n")));
  EXPECT_EQ(heard.status, 200U);
  EXPECT_THAT(heard.body, HasSubstr(R"("status":"404")"));
  EXPECT_THAT(heard.body, HasSubstr("OperationOutcome"));
}

TEST_F(JobsTest, an_export_without_the_preference_is_refused) {
  const Heard heard = house.ask("GET", "/fhir/$export", as("own/doctor"));
  EXPECT_EQ(heard.status, 400U);
  EXPECT_THAT(heard.body, HasSubstr("respond-async"));
}

TEST_F(JobsTest, what_an_export_cannot_do_is_refused_at_once) {
  for (const char* query : {"_outputFormat=csv", "_type=Patiemt", "_typeFilter=Patient%3Fnam%3Dx",
                            "_sinc=1", "_since=yesterday", "patient=Patient/1"}) {
    const Heard heard = house.ask("GET", std::string("/fhir/$export?") + query,
                                  as("own/doctor") + "Prefer: respond-async\r\n");
    EXPECT_EQ(heard.status, 400U) << query << heard.body;
  }
}

TEST_F(JobsTest, an_export_is_what_stood_when_it_was_asked_for) {
  put("Patient", "p1", R"(,"gender":"female")");
  put("Patient", "p2", R"(,"gender":"male")");
  const Heard manifest = exported("/fhir/$export");
  EXPECT_EQ(manifest.status, 200U) << manifest.body;
  EXPECT_EQ(manifest.header("Content-Type"), "application/json");
  EXPECT_THAT(manifest.body, HasSubstr(R"("requiresAccessToken":true)"));
  put("Patient", "p1", R"(,"gender":"other")");
  put("Patient", "p3", "");
  EXPECT_EQ(house.ask("DELETE", "/fhir/Patient/p2", as("own/doctor")).status, 204U);
  const std::string text = lines(manifest);
  EXPECT_THAT(text, HasSubstr(R"("id":"p1","meta":{"versionId":"1")"));
  EXPECT_THAT(text, HasSubstr("female"));
  EXPECT_THAT(text, HasSubstr(R"("id":"p2")"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

TEST_F(JobsTest, another_organisation_exports_nothing_without_consent) {
  put("Patient", "p1", "");
  const Heard manifest = exported("/fhir/$export", "other/doctor");
  EXPECT_THAT(manifest.body, HasSubstr(R"("output":[])")) << manifest.body;
}

TEST_F(JobsTest, types_filters_and_elements_narrow_it) {
  put("Patient", "p1", R"(,"gender":"female","birthDate":"1950-01-01")");
  put("Observation", "o1", R"(,"status":"final","code":{"text":"a"},"note":[{"text":"long"}])");
  put("Observation", "o2", R"(,"status":"preliminary","code":{"text":"a"})");
  const std::string text = lines(exported(
      "/fhir/$export?_type=Observation&_typeFilter=Observation%3Fstatus%3Dfinal&_elements=code"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  EXPECT_THAT(text, HasSubstr(R"("id":"o1")"));
  EXPECT_THAT(text, HasSubstr("SUBSETTED"));
  EXPECT_THAT(text, testing::Not(HasSubstr("note")));
}

TEST_F(JobsTest, patients_and_groups_have_their_own_and_no_others) {
  put("Patient", "p1", "");
  put("Patient", "p2", "");
  put("Observation", "o1",
      R"(,"status":"final","code":{"text":"a"},"subject":{"reference":"Patient/p1"})");
  put("Observation", "o2",
      R"(,"status":"final","code":{"text":"a"},"subject":{"reference":"Patient/p2"})");
  put("Observation", "o3", R"(,"status":"final","code":{"text":"about nobody"})");
  put("Group", "g1",
      R"(,"type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p1"}}])");
  const std::string all = lines(exported("/fhir/Patient/$export"));
  EXPECT_THAT(all, HasSubstr(R"("id":"o2")"));
  EXPECT_THAT(all, testing::Not(HasSubstr(R"("id":"o3")")));
  const std::string members = lines(exported("/fhir/Group/g1/$export"));
  EXPECT_THAT(members, HasSubstr(R"("id":"o1")"));
  EXPECT_THAT(members, HasSubstr(R"("id":"p1")"));
  EXPECT_THAT(members, testing::Not(HasSubstr(R"("id":"o2")")));
  const std::string one = lines(exported("/fhir/Patient/$export?patient=Patient/p2"));
  EXPECT_THAT(one, HasSubstr(R"("id":"o2")"));
  EXPECT_THAT(one, testing::Not(HasSubstr(R"("id":"o1")")));
}

TEST_F(JobsTest, what_was_deleted_since_is_told) {
  put("Patient", "p1", "");
  EXPECT_EQ(house.ask("DELETE", "/fhir/Patient/p1", as("own/doctor")).status, 204U);
  const Heard manifest = exported("/fhir/$export?_since=2020-01-01T00:00:00Z");
  EXPECT_THAT(manifest.body, HasSubstr("Patient-deleted-0-")) << manifest.body;
}

TEST_F(JobsTest, a_file_that_is_not_the_exports_is_not_found) {
  put("Patient", "p1", "");
  const std::string job = accepted(house.ask("GET", "/fhir/$export?_type=Patient",
                                             as("own/doctor") + "Prefer: respond-async\r\n"));
  ended(job);
  for (const char* name :
       {"Observation-0-1.ndjson", "Patient-0-99999.ndjson", "Patient-0-1", "x", "../x"})
    EXPECT_EQ(house.ask("GET", job + "/" + name, as("own/doctor")).status, 404U) << name;
}

TEST_F(JobsTest, jobs_outlive_the_program) {
  put("Patient", "p1", "");
  const std::string job =
      accepted(house.ask("GET", "/fhir/$export", as("own/doctor") + "Prefer: respond-async\r\n"));
  const Heard before = ended(job);
  house.restart();
  tokens.clear();
  EXPECT_EQ(ended(job).body, before.body);
  EXPECT_THAT(lines(before), HasSubstr(R"("id":"p1")"));
}

TEST_F(JobsTest, lines_are_imported_each_for_itself) {
  const std::string job = accepted(
      house.ask("POST", "/fhir/$import",
                "Authorization: Bearer " + house.token("own/doctor") +
                    "\r\nContent-Type: application/fhir+ndjson\r\nPrefer: respond-async\r\n",
                "{\"resourceType\":\"Patient\",\"id\":\"i1\"}\n{\"resourceType\":\"Patient\","
                "\"gender\":\"x\"}\n"
                "{\"resourceType\":\"Patient\",\"birthDate\":\"2001-01-01\"}\n"));
  const Heard heard = ended(job);
  EXPECT_EQ(heard.status, 200U) << heard.body;
  EXPECT_THAT(heard.body, HasSubstr(R"("created":2,"updated":0,"unchanged":0,"failed":1)"));
  EXPECT_EQ(house.ask("GET", "/fhir/Patient/i1", as("own/doctor")).status, 200U);
  EXPECT_THAT(house.ask("GET", "/fhir/Patient?birthdate=2001-01-01", as("own/doctor")).body,
              HasSubstr("2001-01-01"));
  const Heard errors = house.ask("GET", job + "/errors.ndjson", as("own/doctor"));
  EXPECT_THAT(errors.body, HasSubstr("body line 2"));
}

TEST_F(JobsTest, imports_read_what_the_settings_allow_and_nothing_else) {
  for (const char* url : {"file:///etc/passwd", "http://127.0.0.1:1/x", "gopher://x/", ""}) {
    const Heard heard =
        house.ask("POST", "/fhir/$import", as("own/doctor") + "Prefer: respond-async\r\n",
                  std::string(R"({"inputFormat":"application/fhir+ndjson","input":[{"type":)") +
                      R"("Patient","url":")" + url + R"("}]})");
    if (heard.status == 202U) {  // what only reading shows
      EXPECT_EQ(ended(accepted(heard)).status, 403U) << url;
    } else {
      EXPECT_TRUE(heard.status == 403U || heard.status == 400U) << url << heard.body;
    }
  }
}

}  // namespace
}  // namespace tasuki::server
