// A code system that was sent by its OID is answered by its URL where the house wants one name.
#include <gmock/gmock.h>

#include "server/house.h"

namespace tasuki::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* hot9_oid = "urn:oid:1.2.392.100495.20.2.74";
constexpr const char* hot9_url = "http://medis.or.jp/CodeSystem/master-HOT9";

class SystemNames : public ::testing::TestWithParam<bool> {};
TEST_P(SystemNames, are_answered_as_the_house_wants) {
  ServerSettings settings;
  settings.one_system_name = GetParam();
  House house(settings);
  const std::string headers = "Authorization: Bearer " + house.token("own/doctor") +
                              "\r\nContent-Type: application/fhir+json\r\n";
  const std::string body =
      std::string(
          R"({"resourceType":"Medication","id":"m1","identifier":[{"system":"urn:oid:1.2.3",)"
          R"("value":"7"}],"code":{"coding":[{"system":")") +
      hot9_oid + R"(","code":"103835401"}]},"amount":{"numerator":{"value":1.50}}})";
  ASSERT_EQ(house.ask("PUT", "/fhir/Medication/m1", headers, body).status, 201U);
  for (const std::string target :
       {"/fhir/Medication/m1", "/fhir/Medication?_id=m1", "/fhir/Medication/m1/_history"}) {
    const Heard heard = house.ask("GET", target, headers);
    ASSERT_EQ(heard.status, 200U) << heard.body;
    EXPECT_THAT(heard.body, HasSubstr(GetParam() ? hot9_url : hot9_oid)) << target;
    EXPECT_THAT(heard.body, Not(HasSubstr(GetParam() ? hot9_oid : hot9_url))) << target;
    EXPECT_THAT(heard.body, HasSubstr("\"urn:oid:1.2.3\"")) << "a system that has no other name";
    EXPECT_THAT(heard.body, HasSubstr("1.50"));
  }
  const Heard xml = house.ask("GET", "/fhir/Medication/m1?_format=xml", headers);
  EXPECT_THAT(xml.body, HasSubstr(GetParam() ? hot9_url : hot9_oid));
}
INSTANTIATE_TEST_SUITE_P(one_or_as_stored, SystemNames, testing::Bool());

}  // namespace
}  // namespace tasuki::server
