#include "formats/hl7v2/batch.h"

#include <gtest/gtest.h>

namespace tasuki::hl7v2 {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  std::vector<std::string> messages;
  std::vector<std::string> findings = {};
};
class Split : public testing::TestWithParam<Case> {};
TEST_P(Split, gives_each_message_once) {
  const auto batch = *split(GetParam().bytes);
  std::vector<std::string> messages, findings;
  for (const auto& piece : batch.messages) {
    messages.emplace_back(piece.bytes);
    EXPECT_EQ(GetParam().bytes.substr(piece.begin, piece.bytes.size()), piece.bytes);
  }
  for (const auto& one : batch.findings)
    findings.push_back(one.code + " " + one.location);
  EXPECT_EQ(messages, GetParam().messages);
  EXPECT_EQ(findings, GetParam().findings);
}
const Case cases[] = {
    {"one", "MSH|a\rPID|1\r", {"MSH|a\rPID|1\r"}},
    {"batch", "FHS|a\rBHS|a\rMSH|a\rPID|1\rMSH|b\rBTS|2\rFTS|1\r", {"MSH|a\rPID|1\r", "MSH|b\r"}},
    {"line_feeds", "MSH|a\nPID|1\n\nMSH|b\nPID|2\n", {"MSH|a\nPID|1\n\n", "MSH|b\nPID|2\n"}},
    {"frames", "\x0BMSH|a\r\x1C\r\x0BMSH|b\r\x1C\r", {"MSH|a\r", "MSH|b\r"}},
    {"count_differs", "BHS|a\rMSH|a\rBTS|2\r", {"MSH|a\r"}, {"batch.count BTS-1"}},
    {"batches_differ", "FHS|a\rBHS|a\rMSH|a\rBTS|1\rFTS|3\r", {"MSH|a\r"}, {"batch.count FTS-1"}},
    {"no_count_given", "BHS|a\rMSH|a\rBTS\rFTS\r", {"MSH|a\r"}},
    {"stray_line", "PID|1\rMSH|a\r", {"MSH|a\r"}, {"batch.stray-line MSH"}},
    {"a_word_like_msh_is_no_message", "MSH|a\rNTE|1||x\rMSHOE\r", {"MSH|a\rNTE|1||x\rMSHOE\r"}},
};
INSTANTIATE_TEST_SUITE_P(Batch, Split, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& info) {
                           return std::string(info.param.name);
                         });

TEST(Batch, without_a_message_is_refused) {
  EXPECT_FALSE(split("").has_value());
  EXPECT_FALSE(split("FHS|a\rFTS|0\r").has_value());
}

}  // namespace
}  // namespace tasuki::hl7v2
