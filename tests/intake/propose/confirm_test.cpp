// What a person answers to a proposal, and the [[feed]] it makes.
#include "intake/propose/confirm.h"

#include <gtest/gtest.h>

namespace tasuki::intake::propose {
namespace {

constexpr std::string_view proposed =
    "[[feed]]\nid = \"病院.連携の名\"  # lasting\norganisation = \"1300000000\"\nname = "
    "\"病院の名前\"\nconnector = \"mllp\"\nstate = \"shadow\"\ncharset = \"cp932\"\nport = 2575\n";
const Answers three = {
    {"id", "midori.lab"}, {"organisation", "1310000027"}, {"name", "みどり \"検査\""}};

TEST(Confirmed, answers_take_the_place_of_what_was_proposed) {
  Answers answers = three;
  answers.emplace_back("port", "2590");
  answers.emplace_back("alert_to", "mailto:hara@midori.example");
  EXPECT_EQ(confirmed(proposed, answers).value_or(""),
            "[[feed]]\nid = \"midori.lab\"\norganisation = \"1310000027\"\nname = \"みどり "
            "\\\"検査\\\"\"\nconnector = \"mllp\"\nstate = \"shadow\"\ncharset = \"cp932\"\nport = "
            "2590\nalert_to = [\"mailto:hara@midori.example\"]\n");
}

struct Refused {
  const char* name;
  Answers answers;
  const char* location;
};
class Confirmed : public testing::TestWithParam<Refused> {};
TEST_P(Confirmed, refuses) {
  const auto made = confirmed(proposed, GetParam().answers);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().location, GetParam().location);
}
Answers with(std::string_view name, std::string_view value) {
  Answers answers = {{"organisation", "1310000027"}, {"name", "みどり"}};
  if (name != "id") answers.emplace_back("id", "midori.lab");
  answers.emplace_back(name, value);
  return answers;
}
INSTANTIATE_TEST_SUITE_P(
    Answers, Confirmed,
    testing::Values(Refused{"nothing", {}, "id"},
                    Refused{"without_a_name", {{"id", "a"}, {"organisation", "1"}}, "name"},
                    Refused{"an_id_that_is_no_lasting_name", with("id", "みどり"), "id"},
                    Refused{"a_port_that_is_none", with("port", "70000"), "port"},
                    Refused{"what_is_no_setting", with("colour", "green"), "colour"}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace tasuki::intake::propose
