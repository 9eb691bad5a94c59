#include "formats/hl7v2/message.h"

#include <gtest/gtest.h>

namespace tasuki::hl7v2 {
namespace {

const std::string prescription =
    "MSH|^~\\&|EMR|1319999999|RENKEI|RENKEI|20240415101500||RDE^O11^RDE_O11|20240415-000042|P|2.5||"
    "||||~ISO IR87||ISO 2022-1994\r"
    "PID|||0123456789^^^^PI||試験^花子^^^^^L^I~シケン^ハナコ^^^^^L^P||19800203|F\r"
    "RXE||103835401^ムコダイン錠２５０ｍｇ^HOT9|2||TAB^錠^MR9P\r"
    "TQ1|1||1013044400000000&内服・経口・１日３回朝昼夕食後&JAMISDP01|||5^D&日&ISO+|20240415\r"
    "RXR|PO^口^HL70162\r";

Message read(const std::string& utf8, Charset charset = Charset::iso_2022_jp) {
  auto message = parse(encode(utf8, charset, {.vendor_characters = true}).bytes);
  EXPECT_TRUE(message.has_value()) << message.error().message;
  return *std::move(message);
}

TEST(Message, reads_parts_by_the_standards_numbers) {
  const auto message = read(prescription);
  EXPECT_EQ(message.type(), "RDE");
  EXPECT_EQ(message.event(), "O11");
  EXPECT_EQ(message.structure(), "RDE_O11");
  EXPECT_EQ(message.control_id(), "20240415-000042");
  EXPECT_EQ(message.version(), "2.5");
  EXPECT_EQ(message.charset(), Charset::iso_2022_jp);
  const auto msh = message.segment(1);
  EXPECT_EQ(msh.field(1).written(), "|");
  EXPECT_EQ(msh.field(2).written(), "^~\\&");
  EXPECT_EQ(msh.field(3).text(), "EMR");
  const auto pid = message.first("PID");
  EXPECT_EQ(pid.field(3).component(1).text(), "0123456789");
  EXPECT_EQ(pid.field(3).component(5).text(), "PI");
  EXPECT_EQ(pid.field(5).repetition_count(), 2);
  EXPECT_EQ(pid.field(5).repetition(2).component(1).text(), "シケン");
  EXPECT_EQ(pid.field(5).repetition(1).component(8).text(), "I");
  EXPECT_EQ(message.first("TQ1").field(3).component(1).subcomponent(2).text(),
            "内服・経口・１日３回朝昼夕食後");
  EXPECT_EQ(message.first("TQ1").field(6).component(2).subcomponent(1).text(), "D");
}

TEST(Message, finds_nothing_where_nothing_was_sent) {
  const auto message = read(prescription);
  EXPECT_FALSE(message.first("OBX"));
  EXPECT_TRUE(message.first("OBX").field(5).component(2).subcomponent(3).empty());
  EXPECT_TRUE(message.first("PID").field(99).empty());
  EXPECT_TRUE(message.first("PID").field(8).component(2).empty());
  EXPECT_TRUE(message.first("PID").field(5).repetition(3).empty());
  EXPECT_EQ(message.first("PID").field(8).component(1).subcomponent(1).text(), "F");
}

TEST(Message, knows_the_bytes_of_each_part) {
  const std::string bytes = encode(prescription, Charset::iso_2022_jp).bytes;
  const auto message = *parse(bytes);
  const auto range = message.first("PID").field(5).repetition(1).component(1).bytes();
  EXPECT_EQ(bytes.substr(range.begin, range.end - range.begin), "\x1B$B;n83\x1B(B");
}

TEST(Message, stays_readable_when_moved) {
  auto first = read("MSH|^~\\&|A|B|||2024||ACK|1|P|2.5\r");
  const auto segment = first.segment(1);
  const Message second = std::move(first);
  EXPECT_EQ(segment.field(4).text(), "B");
}

TEST(Message, counts_segments_of_a_name) {
  const auto message = read("MSH|^~\\&|A|B|||2024||ORU^R01|1|P|2.5\rOBX|1\rOBX|2\rNTE|1\rOBX|3\r");
  EXPECT_EQ(message.all("OBX").size(), 3u);
  EXPECT_EQ(message.segment(5).ordinal(), 3);
  EXPECT_EQ(location_of(message, message.segment(5), 5), "OBX[3]-5");
  EXPECT_EQ(location_of(message, message.segment(1), 9), "MSH-9");
}

struct Case {
  const char* name;
  std::string one, other;
};
auto name_of = [](const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
};

class Escapes : public testing::TestWithParam<Case> {};
TEST_P(Escapes, are_resolved_when_text_is_asked_for) {
  const auto message = read(
      "MSH|^~\\&|A|B|||2024||ORU^R01|1|P|2.5\rNTE|1||" + GetParam().one + "\r", Charset::utf_8);
  EXPECT_EQ(message.first("NTE").field(3).text(), GetParam().other);
  EXPECT_EQ(message.first("NTE").field(3).written(), GetParam().one);
}
const Case escapes[] = {
    {"delimiters", "\\F\\\\S\\\\T\\\\R\\\\E\\", "|^&~\\"},
    {"line_breaks", "一行目\\.br\\二行目", "一行目\n二行目"},
    {"spaces", "a\\.sp2\\b\\.sk3\\c", "a\n\nb   c"},
    {"hexadecimal", "\\X0D0A\\x", "\r\nx"},
    {"highlight", "\\H\\bold\\N\\", "bold"},
    {"no_escape", "50\\ mg \\ 2", "50\\ mg \\ 2"},
    {"left_open", "a\\F", "a\\F"},
    {"unknown_is_kept", "\\Zab\\", "\\Zab\\"},
    {"yen_for_backslash", "a¥F¥b ¥100", "a|b ¥100"},
    {"null", "\"\"", ""},
};
INSTANTIATE_TEST_SUITE_P(Message, Escapes, testing::ValuesIn(escapes), name_of);

TEST(Message, writes_text_so_that_it_reads_back) {
  const std::string text = "a|b^c&d~e\\f\ng";
  EXPECT_EQ(escaped(text), "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\.br\\g");
  const auto message =
      read("MSH|^~\\&|A|B|||2024||ORU^R01|1|P|2.5\rNTE|1||" + escaped(text) + "\r");
  EXPECT_EQ(message.first("NTE").field(3).text(), text);
}

class RoundTrip : public testing::TestWithParam<Case> {};
TEST_P(RoundTrip, prints_what_was_read) {
  EXPECT_EQ(print(read(GetParam().one, Charset::utf_8)), GetParam().other);
}
const Case round_trips[] = {
    {"as_sent", prescription, prescription},
    {"line_feeds", "MSH|^~\\&|A\nPID|1\n", "MSH|^~\\&|A\rPID|1\r"},
    {"both", "MSH|^~\\&|A\r\nPID|1\r\n\r\n", "MSH|^~\\&|A\rPID|1\r"},
    {"no_last_line_end", "MSH|^~\\&|A\rPID|1", "MSH|^~\\&|A\rPID|1\r"},
    {"framed", "\x0BMSH|^~\\&|A\rPID|1\r\x1C\r", "MSH|^~\\&|A\rPID|1\r"},
    {"framed_with_blanks_behind", "MSH|^~\\&|A\rPID|1 \x1C\r \n", "MSH|^~\\&|A\rPID|1 \r"},
    {"trailing_separators", "MSH|^~\\&|A|||\rPID|1|^^|~|\r", "MSH|^~\\&|A|||\rPID|1|^^|~|\r"},
    {"bare_segment", "MSH|^~\\&|A\rPID\r", "MSH|^~\\&|A\rPID\r"},
    {"other_delimiters", "MSH$%~\\&$A\rPID$1%2\r", "MSH$%~\\&$A\rPID$1%2\r"},
    {"yen_in_msh_2", "MSH|^~¥&|A\rPID|1\r", "MSH|^~¥&|A\rPID|1\r"},
};
INSTANTIATE_TEST_SUITE_P(Message, RoundTrip, testing::ValuesIn(round_trips), name_of);

class Refused : public testing::TestWithParam<Case> {};
TEST_P(Refused, names_the_place) {
  const auto message = parse(GetParam().one);
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().location, GetParam().other);
  EXPECT_FALSE(message.error().message.empty());
}
const Case refusals[] = {
    {"empty", "", "MSH"},
    {"blank", "\r\n\r\n", "MSH"},
    {"no_header", "PID|1\r", "MSH"},
    {"no_delimiters", "MSH\r", "MSH-1"},
    {"equal_delimiters", "MSH|^^\\&|A\r", "MSH-2"},
    {"separator_is_a_letter", "MSHA^~\\&AB\r", "MSH-1"},
    {"kanji_delimiter", "MSH|山~\\&|A\r", "MSH-2"},
    {"second_header", "MSH|^~\\&|A\rMSH|^~\\&|A\r", "MSH[2]"},
    {"batch", "FHS|^~\\&|A\rMSH|^~\\&|A\r", "FHS"},
};
INSTANTIATE_TEST_SUITE_P(Message, Refused, testing::ValuesIn(refusals), name_of);

struct Declared {
  const char* name;
  std::string msh_18;
  Charset written, read;
  size_t findings;
};
class MessageCharset : public testing::TestWithParam<Declared> {};
TEST_P(MessageCharset, is_declared_or_found_out) {
  const std::string text =
      "MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5||||||" + GetParam().msh_18 + "\rPID|||1||山田^日本\r";
  const auto message = *parse(encode(text, GetParam().written).bytes);
  EXPECT_EQ(message.charset(), GetParam().read);
  EXPECT_EQ(message.first("PID").field(5).component(1).text(), "山田");
  EXPECT_EQ(message.findings().size(), GetParam().findings);
}
const Declared declared[] = {
    {"iso_ir87", "~ISO IR87", Charset::iso_2022_jp, Charset::iso_2022_jp, 0},
    {"vendor_spelling", "~ISOIR87", Charset::iso_2022_jp, Charset::iso_2022_jp, 0},
    {"utf_8", "UNICODE UTF-8", Charset::utf_8, Charset::utf_8, 0},
    {"nothing_said_cp932", "", Charset::cp932, Charset::cp932, 0},
    {"nothing_said_escapes", "", Charset::iso_2022_jp, Charset::iso_2022_jp, 0},
    {"says_utf_8_sends_cp932", "UNICODE UTF-8", Charset::cp932, Charset::cp932, 1},
    {"says_ir87_sends_utf_8", "~ISO IR87", Charset::utf_8, Charset::utf_8, 1},
};
INSTANTIATE_TEST_SUITE_P(Message, MessageCharset, testing::ValuesIn(declared),
                         [](const testing::TestParamInfo<Declared>& info) {
                           return std::string(info.param.name);
                         });

// 日 is 46 7C: a separator's byte inside a field before MSH-18 was reached.
TEST(MessageCharset, is_found_behind_kanji_in_the_header) {
  const std::string text =
      "MSH|^~\\&|A|日本^病院|||2024||ADT^A08|1|P|2.5||||||~ISO IR87\rPID|||1||山田\r";
  const auto message = *parse(encode(text, Charset::iso_2022_jp).bytes);
  EXPECT_EQ(message.charset(), Charset::iso_2022_jp);
  EXPECT_EQ(message.control_id(), "1");
  EXPECT_EQ(message.segment(1).field(4).component(1).text(), "日本");
  EXPECT_TRUE(message.findings().empty());
}

TEST(MessageCharset, is_latin_1_where_the_header_says_so) {
  const std::string bytes =
      "MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5||||||8859/1\rPID|||1||M\xFCller\r";
  const auto message = *parse(bytes);
  EXPECT_EQ(message.first("PID").field(5).text(), "Müller");
  EXPECT_EQ(encode(print(message), message.charset()).bytes, bytes);
  EXPECT_TRUE(message.findings().empty());
}

TEST(MessageFindings, name_segment_and_field_of_bad_bytes) {
  const auto message = *parse(
      "MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5||||||~ISO "
      "IR87\rPID|||1||\x1B$B;3)!\x1B(B\rNTE|1||\x1B$B;3\r");
  ASSERT_EQ(message.findings().size(), 2u);
  EXPECT_EQ(message.findings()[0].location, "PID[1]-5");
  EXPECT_EQ(message.findings()[0].code, "charset.undecodable");
  EXPECT_EQ(message.findings()[1].location, "NTE[1]-3");
  EXPECT_EQ(message.findings()[1].code, "charset.unterminated-escape");
}

TEST(MessageFindings, flag_a_line_that_is_no_segment) {
  const auto message = *parse("MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5\rNTE|1||first\nsecond line\r");
  ASSERT_EQ(message.findings().size(), 1u);
  EXPECT_EQ(message.findings()[0].code, "structure.not-a-segment");
}

}  // namespace
}  // namespace tasuki::hl7v2
