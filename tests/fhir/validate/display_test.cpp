// A coding's name that is not the code's is warned of, and changes no verdict.
#include <gtest/gtest.h>

#include <algorithm>

#include "fhir/validate/rulebooks.h"

namespace tasuki::fhir {
namespace {

struct Named {
  const char* name;
  const char* display;
  bool is_right;
};
const Named named[] = {
    {"the_systems_own", "Laboratory", true},
    {"in_other_letters", "laboratory", true},
    {"of_another_code", "Vital Signs", false},
};
class Display : public testing::TestWithParam<Named> {};
TEST_P(Display, is_the_codes) {
  const std::string text =
      R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"category":[{"coding":[)"
      R"({"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory",)"
      R"("display":")" +
      std::string(GetParam().display) + R"("}]}]})";
  const auto document = json::parse(text);
  const auto findings = validate(core(), document->root);
  EXPECT_TRUE(is_valid(findings));
  EXPECT_EQ(
      std::ranges::count(findings, "Observation.category[0].coding[0].display", &Finding::location),
      GetParam().is_right ? 0 : 1);
}
INSTANTIATE_TEST_SUITE_P(Codings, Display, testing::ValuesIn(named),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::fhir
