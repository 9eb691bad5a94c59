// Rubbish over HTTP: a clear 4xx with an OperationOutcome, nothing stored, in bounded time.
#include <gtest/gtest.h>

#include <chrono>

#include "json/parse.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

std::string times(std::string_view text, size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

struct Row {
  const char* name;
  const char* target;
  const char* type;
  std::string body;
  unsigned status;
};

constexpr const char* json_type = "application/fhir+json";
constexpr const char* xml_type = "application/fhir+xml";
constexpr const char* patch_type = "application/json-patch+json";

const Row rows[] = {
    {"cut_off", "Patient", json_type, R"({"resourceType":"Patient","name":[{"family":"山)", 400},
    {"cut_inside_a_character", "Patient", json_type,
     "{\"resourceType\":\"Patient\",\"id\":\"\xE5\xB1", 400},
    {"nothing", "Patient", json_type, " ", 400},
    {"a_number", "Patient", json_type, "1", 400},
    {"an_array", "Patient", json_type, R"([{"resourceType":"Patient"}])", 400},
    {"twice_the_same_name", "Patient", json_type,
     R"({"resourceType":"Patient","gender":"male","gender":"female"})", 400},
    {"not_a_number", "Observation", json_type,
     R"({"resourceType":"Observation","status":"final","code":{"text":"K"},"valueQuantity":{"value":NaN}})",
     400},
    {"infinity", "Observation", json_type,
     R"({"resourceType":"Observation","status":"final","code":{"text":"K"},"valueQuantity":{"value":-Infinity}})",
     400},
    {"a_leading_zero", "Observation", json_type,
     R"({"resourceType":"Observation","status":"final","code":{"text":"K"},"valueQuantity":{"value":01}})",
     400},
    {"a_comment", "Patient", json_type, R"({"resourceType":"Patient" /* x */})", 400},
    {"a_comma_too_many", "Patient", json_type, R"({"resourceType":"Patient",})", 400},
    {"something_behind", "Patient", json_type, R"({"resourceType":"Patient"} {"x":1})", 400},
    {"latin_1", "Patient", json_type,
     "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"J\xF6rg\"}]}", 400},
    {"shift_jis", "Patient", json_type,
     "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"\x8E\x52\x93\x63\"}]}", 400},
    {"utf_16", "Patient", json_type, std::string("\xFE\xFF\0{\0}", 6), 400},
    {"an_overlong_form", "Patient", json_type, "{\"resourceType\":\"Patient\",\"id\":\"\xC0\xAF\"}",
     400},
    {"half_a_surrogate", "Patient", json_type,
     R"({"resourceType":"Patient","name":[{"text":"\ud800"}]})", 400},
    {"the_other_half", "Patient", json_type,
     R"({"resourceType":"Patient","name":[{"text":"\udc00"}]})", 400},
    {"a_long_name_in_japanese", "Patient", json_type,
     R"({"resourceType":"x)" + times("山", 100) + "\"}", 400},
    {"a_null_character", "Patient", json_type,
     R"({"resourceType":"Patient","name":[{"text":"a\u0000b"}]})", 422},
    {"deep_arrays", "Patient", json_type,
     R"({"resourceType":"Patient","name":)" + times("[", 100'000), 400},
    {"deep_objects", "Patient", json_type, times(R"({"a":)", 100'000), 400},
    {"deep_extensions", "Patient", json_type,
     R"({"resourceType":"Patient","extension":[)" + times(R"({"url":"u","extension":[)", 40) +
         times("]}", 40) + "]}",
     400},
    {"many_unknown_names", "Patient", json_type,
     R"({"resourceType":"Patient")" +
         [] {
           std::string names;
           for (int i = 0; i < 20'000; ++i)
             names += ",\"x" + std::to_string(i) + "\":1";
           return names;
         }() +
         "}",
     422},
    {"an_endless_number", "Observation", json_type,
     R"({"resourceType":"Observation","status":"final","code":{"text":"K"},"valueInteger":)" +
         times("9", 100'000) + "}",
     400},
    {"no_type", "Patient", json_type, R"({"name":[]})", 400},
    {"another_type", "Patient", json_type, R"({"resourceType":"Observation"})", 400},
    {"a_script_in_the_narrative", "Patient", json_type,
     R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}})",
     422},
    {"xml_cut_off", "Patient", xml_type, R"(<Patient xmlns="http://hl7.org/fhir"><id)", 400},
    {"xml_that_is_json", "Patient", xml_type, R"({"resourceType":"Patient"})", 400},
    {"a_billion_laughs", "Patient", xml_type,
     R"(<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Patient xmlns="http://hl7.org/fhir"><id value="&b;"/></Patient>)",
     400},
    {"deep_xml", "Patient", xml_type, times("<a>", 100'000), 400},
    {"wide_xml", "Patient", xml_type,
     R"(<Patient xmlns="http://hl7.org/fhir">)" + times(R"(<active value="true"/>)", 300'000) +
         "</Patient>",
     400},
    {"xml_in_latin_1", "Patient", xml_type,
     "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Patient xmlns=\"http://hl7.org/fhir\"><id "
     "value=\"\xE9\"/></Patient>",
     400},
    {"a_form", "Patient", "application/x-www-form-urlencoded", "name=x", 415},
    {"no_media_type", "Patient", "", R"({"resourceType":"Patient"})", 415},
    {"a_bundle_of_nothing", "", json_type, R"({"resourceType":"Bundle","type":"batch","entry":{}})",
     400},
    {"a_bundle_of_nulls", "", json_type,
     R"({"resourceType":"Bundle","type":"transaction","entry":[null,1,"x"]})", 400},
    {"a_transaction_of_itself", "", json_type,
     R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Bundle","type":"batch"},"request":{"method":"POST","url":""}}]})",
     400},
    {"a_write_of_nothing", "", json_type,
     R"({"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient?x=$y"}}]})",
     400},
    {"a_patch_without_one", "", json_type,
     R"({"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PATCH","url":"Patient/1?x=$y"}}]})",
     400},
    {"an_operation_on_a_number", "", json_type,
     R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":5,"request":{"method":"POST","url":"Patient/$meta"}}]})",
     400},
    {"a_patch_of_nothing", "Patient/none", patch_type, "{}", 404},
    {"a_search_that_never_ends", "Patient/_search", "application/x-www-form-urlencoded",
     "name=" + times("a,", 100'000), 403},
    {"a_path_that_never_ends", "Patient/_search", "application/x-www-form-urlencoded",
     times("_has:Observation:patient:", 2'000) + "code=x", 400},
};

class Hostile : public testing::Test {
 protected:
  static void SetUpTestSuite() { house_ = new House; }
  static void TearDownTestSuite() {
    delete house_;
    house_ = nullptr;
  }
  static std::string signed_in() {
    static const std::string token = house_->token("own/doctor");
    return "Authorization: Bearer " + token + "\r\n";
  }
  static House* house_;
};
House* Hostile::house_ = nullptr;

TEST_F(Hostile, bodies_are_refused_and_nothing_is_stored) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const bool patches = row.type == std::string_view(patch_type);
    std::string headers = signed_in() + "Accept: application/fhir+json\r\n";
    if (*row.type != '\0') headers += std::string("Content-Type: ") + row.type + "\r\n";
    const auto start = std::chrono::steady_clock::now();
    const Heard heard = house_->ask(patches ? "PATCH" : "POST", std::string("/fhir/") + row.target,
                                    headers, row.body);
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(heard.status, row.status) << heard.body.substr(0, 500);
    const auto outcome = json::parse(heard.body);
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->root.text_of("resourceType"), "OperationOutcome");
    EXPECT_LT(heard.body.size(), 200'000U);  // an answer does not repeat what was sent
    EXPECT_LT(took, std::chrono::seconds(20));
  }
  const Heard history = house_->ask("GET", "/fhir/_history", signed_in());
  EXPECT_EQ(history.body.find("\"entry\""), std::string::npos) << history.body.substr(0, 500);
}

TEST_F(Hostile, bytes_that_are_no_text_are_refused_wherever_they_stand) {
  const std::string_view no_texts[] = {"\xFF", "%FF", "\xE5\xB1", "%E5%B1", "%ED%B0%80"};
  const std::string_view places[] = {
      "Patient?X=1",           "Patient?name=X",         "Patient?name:X=1",
      "Patient/_history?X=1",  "ValueSet/$expand?url=X", "CodeSystem/$lookup?system=X&code=X",
      "Observation/$lastn?X=1"};
  for (const std::string_view place : places)
    for (const std::string_view no_text : no_texts) {
      std::string target("/fhir/");
      for (const char c : place)
        target += c == 'X' ? std::string(no_text) : std::string(1, c);
      const Heard heard = house_->ask("GET", target, signed_in());
      EXPECT_EQ(heard.status, 400U) << target;
      EXPECT_TRUE(json::parse(heard.body).has_value()) << heard.body;
    }
  const Heard heard = house_->ask(
      "POST", "/fhir/Patient",
      signed_in() + "Content-Type: application/fhir+json\r\nIf-None-Exist: name=\xFF\r\n",
      R"({"resourceType":"Patient"})");
  EXPECT_EQ(heard.status, 400U);
  EXPECT_TRUE(json::parse(heard.body).has_value()) << heard.body;
}

struct Raw {
  const char* name;
  const char* head;
  std::string body;
};
const Raw raws[] = {
    {"a_chunk_that_is_no_number", "Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n"},
    {"a_chunk_of_minus_one", "Transfer-Encoding: chunked", "-1\r\n{}\r\n0\r\n\r\n"},
    {"a_chunk_without_end", "Transfer-Encoding: chunked", "2\r\n{}XX0\r\n\r\n"},
    {"a_chunk_larger_than_a_machine", "Transfer-Encoding: chunked", "ffffffffffffffff1\r\n{}"},
    {"two_lengths", "Content-Length: 2\r\nContent-Length: 3", "{}"},
    {"a_length_and_chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked", "0\r\n\r\n"},
    {"a_length_that_is_no_number", "Content-Length: two", "{}"},
    {"a_length_larger_than_allowed", "Content-Length: 99999999999", ""},
    {"a_header_without_name", ": x\r\nContent-Length: 2", "{}"},
};

TEST_F(Hostile, framing_is_refused) {
  for (const Raw& raw : raws) {
    SCOPED_TRACE(raw.name);
    net::Client client(house_->port());
    client.send(
        "POST /fhir/Patient HTTP/1.1\r\nHost: test\r\nContent-Type: application/fhir+json\r\n" +
        signed_in() + raw.head + "\r\n\r\n" + raw.body);
    const std::string answer = client.response();
    const unsigned status =
        answer.size() > 12 ? static_cast<unsigned>(std::stoul(answer.substr(9, 3))) : 0;
    EXPECT_TRUE(status >= 400 && status < 500) << answer.substr(0, 200);
  }
}

}  // namespace
}  // namespace tasuki::server
