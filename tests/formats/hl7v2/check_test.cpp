#include "formats/hl7v2/check.h"

#include <gtest/gtest.h>

namespace tasuki::hl7v2 {
namespace {

struct Case {
  const char* name;
  std::string segments;
  std::vector<std::string> findings;
};
class Check : public testing::TestWithParam<Case> {};
TEST_P(Check, names_segment_and_field) {
  const auto message =
      *parse("MSH|^~\\&|A|B|||20240101||ORU^R01^ORU_R01|1|P|2.5\r" + GetParam().segments);
  std::vector<std::string> findings;
  for (const auto& one : check(message))
    findings.push_back(one.code + " " + one.location);
  EXPECT_EQ(findings, GetParam().findings);
}
const Case cases[] = {
    {"good",
     "PID|||1||山田^花子||19520314|F\rOBX|1|NM|3B035^AST^JC10||24|U/L|||||F|||202404010900\r",
     {}},
    {"no_id", "PID|||||山田^花子\r", {"field.missing PID-3"}},
    {"impossible_birth_date", "PID|||1||山田||19520230\r", {"field.type PID-7"}},
    {"unknown_sex", "PID|||1||山田||1952|X\r", {"field.table PID-8"}},
    {"null_is_a_value", "PID|||1||山田||\"\"|\"\"\r", {}},
    {"no_number",
     "OBX|1|NM|A^B||high||||||Q\rOBX|2|NM|A^B||2.5||||||F\r",
     {"field.table OBX[1]-11", "field.type OBX[1]-5"}},
    {"value_without_type", "OBX|1||A^B||1||||||F\r", {"field.missing OBX-2"}},
    {"set_id_twice",
     "OBX|1|ST|A^B||a||||||F\rOBX|1|ST|A^C||b||||||F\r",
     {"structure.repeated-set-id OBX[2]-1"}},
    {"set_id_again_under_another_obr",
     "OBX|1|ST|A^B||a||||||F\rOBR|1|||X^Y\rOBX|1|ST|A^C||b||||||F\r",
     {}},
    {"hour_alone", "TQ1|1||||||2011070100\r", {}},
    {"problem_without_action", "PRB||20240101|20062628^高血圧症^MDCDX2\r", {"field.missing PRB-1"}},
};
INSTANTIATE_TEST_SUITE_P(Hl7v2, Check, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& info) {
                           return std::string(info.param.name);
                         });

TEST(Check, finds_a_header_without_its_control_id) {
  const auto findings = check(*parse("MSH|^~\\&|A|B|||||ACK||P|2.5\r"));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].location, "MSH-7");
  EXPECT_EQ(findings[1].location, "MSH-10");
}

struct Value {
  const char* text;
  bool is_time, is_number;
};
class Values : public testing::TestWithParam<Value> {};
TEST_P(Values, are_known) {
  EXPECT_EQ(is_timestamp(GetParam().text), GetParam().is_time) << GetParam().text;
  EXPECT_EQ(is_number(GetParam().text), GetParam().is_number) << GetParam().text;
}
const Value values[] = {
    {"2024", true, true},
    {"202413", false, true},
    {"20240229", true, true},
    {"20230229", false, true},
    {"2024022909", true, true},
    {"20240401091530.123+0900", true, false},
    {"20080203163012345", true, true},
    {"2024040124", true, true},
    {"2024-04-01", false, false},
    {"-1.5", false, true},
    {".5", false, true},
    {"5.", false, true},
    {".", false, false},
    {"", false, false},
    {"1e5", false, false},
    {"1,000", false, false},
};
INSTANTIATE_TEST_SUITE_P(Hl7v2, Values, testing::ValuesIn(values));

}  // namespace
}  // namespace tasuki::hl7v2
