// Closure tables outlive the program, grow in steps and are each of the one who began it.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "server/house.h"

namespace tasuki::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Closures : public ::testing::Test {
 protected:
  // Names of parameters and their JSON: closure(R"("name","valueString":"t")").
  Heard closure(const std::string& parameters, const std::string& account = "own/doctor") {
    return house_.ask("POST", "/fhir/$closure",
                      "Content-Type: application/fhir+json\r\nAuthorization: Bearer " +
                          house_.token(account) + "\r\n",
                      R"({"resourceType":"Parameters","parameter":[)" + parameters + "]}");
  }
  static std::string name(const std::string& text) {
    return R"({"name":"name","valueString":")" + text + "\"}";
  }
  static std::string since(int version) {
    return fmt::format(R"(,{{"name":"version","valueString":"{}"}})", version);
  }
  static std::string code(const std::string& text) {
    return R"(,{"name":"concept","valueCoding":{"system":)"
           R"("http://terminology.hl7.org/CodeSystem/v3-ActCode","code":")" +
           text + "\"}}";
  }

  House house_;
};

TEST_F(Closures, go_on_after_a_restart) {
  ASSERT_EQ(closure(name("t")).status, 200U);
  ASSERT_EQ(closure(name("t") + code("_ActEncounterCode")).status, 200U);
  ASSERT_EQ(closure(name("t") + code("AMB")).status, 200U);
  house_.restart();
  const auto grown = closure(name("t") + code("EMER"));
  EXPECT_EQ(grown.status, 200U);
  EXPECT_THAT(grown.body, HasSubstr(R"("version":"3")"));
  EXPECT_THAT(grown.body, HasSubstr(R"("code":"EMER","target":[{"code":"_ActEncounterCode")"));
  EXPECT_THAT(grown.body, Not(HasSubstr("AMB")));
  const auto whole = closure(name("t") + since(0));
  EXPECT_THAT(whole.body, HasSubstr("AMB"));
  EXPECT_THAT(whole.body, HasSubstr("EMER"));
  EXPECT_THAT(closure(name("t") + since(2)).body, Not(HasSubstr("AMB")));
}

TEST_F(Closures, begin_anew_with_the_name_alone) {
  closure(name("t"));
  closure(name("t") + code("_ActEncounterCode") + code("AMB"));
  EXPECT_THAT(closure(name("t")).body, HasSubstr(R"("version":"0")"));
  house_.restart();
  EXPECT_THAT(closure(name("t") + since(0)).body, Not(HasSubstr("AMB")));
}

TEST_F(Closures, are_each_of_the_one_who_began_it) {
  closure(name("t"));
  EXPECT_EQ(closure(name("t") + code("AMB"), "own/clerk").status, 404U);
}

TEST_F(Closures, beyond_the_last_that_is_kept_the_oldest_goes) {
  for (int i = 0; i < 257; ++i)
    ASSERT_EQ(closure(name("t" + std::to_string(i))).status, 200U);
  EXPECT_EQ(closure(name("t0") + since(0)).status, 404U);
  EXPECT_EQ(closure(name("t1") + since(0)).status, 200U);
  EXPECT_EQ(closure(name("t256") + since(0)).status, 200U);
}

}  // namespace
}  // namespace tasuki::server
