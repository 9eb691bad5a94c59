#include "formats/hl7v2/acknowledge.h"

#include <gtest/gtest.h>

namespace tasuki::hl7v2 {
namespace {

const Instant noon = *parse_instant("2026-11-23T12:00:00+09:00");

Message message_with(const std::string& msh_15_16) {
  return *parse("MSH|^~\\&|HIS|HOSP|TASUKI|REGION|20261123||ADT^A08^ADT_A01|42|P|2.5|||" +
                msh_15_16 + "||~ISO IR87||ISO 2022-1994\rPID|1\r");
}

TEST(Acknowledge, accepts_with_sender_and_receiver_exchanged) {
  EXPECT_EQ(acknowledge(message_with("|"), {.control_id = "7", .time = noon}),
            "MSH|^~\\&|TASUKI|REGION|HIS|HOSP|20261123120000+0900||ACK^A08^ACK|7|P|2.5||||||~ISO "
            "IR87||ISO 2022-1994\rMSA|AA|42\r");
}

TEST(Acknowledge, names_segment_field_and_reason_in_the_senders_charset) {
  const auto bytes = acknowledge(
      message_with("|"), {.verdict = Verdict::error,
                          .faults = {{"OBX[3]-5", 102, "数値ではありません / not a number"}},
                          .control_id = "7",
                          .time = noon});
  const auto answer = *parse(bytes);
  EXPECT_EQ(answer.charset(), Charset::iso_2022_jp);
  EXPECT_EQ(answer.first("MSA").field(1).text(), "AE");
  EXPECT_EQ(answer.first("ERR").field(2).written(), "OBX^3^5");
  EXPECT_EQ(answer.first("ERR").field(3).component(1).text(), "102");
  EXPECT_EQ(answer.first("ERR").field(4).text(), "E");
  EXPECT_EQ(answer.first("ERR").field(8).text(), "数値ではありません / not a number");
}

struct Case {
  const char* name;
  std::string msh_15_16;
  Level level;
  Verdict verdict;
  bool wanted;
};
class Wanted : public testing::TestWithParam<Case> {};
TEST_P(Wanted, as_the_header_asks) {
  EXPECT_EQ(wants_answer(message_with(GetParam().msh_15_16), GetParam().level, GetParam().verdict),
            GetParam().wanted);
}
const Case cases[] = {
    {"original_mode_always", "|", Level::original, Verdict::accepted, true},
    {"original_mode_has_no_commit", "|", Level::commit, Verdict::accepted, false},
    {"enhanced_always", "AL|NE", Level::commit, Verdict::accepted, true},
    {"enhanced_never", "AL|NE", Level::application, Verdict::error, false},
    {"enhanced_on_error_only", "ER|AL", Level::commit, Verdict::accepted, false},
    {"enhanced_on_error", "ER|AL", Level::commit, Verdict::rejected, true},
    {"enhanced_on_success_only", "SU|AL", Level::commit, Verdict::error, false},
    {"enhanced_has_no_original", "AL|AL", Level::original, Verdict::accepted, false},
};
INSTANTIATE_TEST_SUITE_P(Acknowledge, Wanted, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& info) {
                           return std::string(info.param.name);
                         });

TEST(Acknowledge, speaks_of_the_commit_level_in_its_codes) {
  const auto answer = *parse(acknowledge(
      message_with("AL|NE"), {.level = Level::commit, .control_id = "7", .time = noon}));
  EXPECT_EQ(answer.first("MSA").field(1).text(), "CA");
}

TEST(Acknowledge, rejects_what_is_no_message) {
  const Error reason{Error::Kind::invalid, "区切り文字がありません。/ The delimiters are missing.",
                     "MSH-2"};
  const auto answer =
      *parse(reject_unreadable("MSH|^^^^|HIS|HOSP|T|R|2026||ADT|99|P|2.5\r", reason, "7", noon));
  EXPECT_EQ(answer.first("MSA").field(1).text(), "AR");
  EXPECT_EQ(answer.first("MSA").field(2).text(), "99");
  EXPECT_EQ(answer.first("MSA").field(3).text(), "The delimiters are missing.");
  EXPECT_EQ(answer.first("ERR").field(2).written(), "MSH^1^2");
  EXPECT_EQ(answer.first("MSH").field(5).text(), "HIS");
  EXPECT_TRUE(parse(reject_unreadable("\x01\x02", reason, "7", noon)).has_value());
}

}  // namespace
}  // namespace tasuki::hl7v2
