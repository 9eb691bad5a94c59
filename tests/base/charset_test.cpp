#include "base/charset.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace tasuki {
namespace {

using enum Charset;
using Kind = CharsetFinding::Kind;

struct Case {
  const char* name;
  Charset charset;
  std::string bytes, text;
  std::vector<std::pair<Kind, size_t>> findings = {};
};
auto name_of_case = [](const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
};

class Decode : public testing::TestWithParam<Case> {};
TEST_P(Decode, gives_text_and_findings) {
  const auto decoded = decode(GetParam().bytes, GetParam().charset);
  EXPECT_EQ(decoded.text, GetParam().text);
  std::vector<std::pair<Kind, size_t>> findings;
  for (const auto& one : decoded.findings)
    findings.emplace_back(one.kind, one.byte);
  EXPECT_EQ(findings, GetParam().findings);
}
const Case cases[] = {
    {"kanji_with_delimiter_bytes", iso_2022_jp, "a|\x1B$BF|\x1B(B|b", "a|日|b"},
    {"jis_c_6226", iso_2022_jp, "\x1B$@;3ED\x1B(B", "山田"},
    {"revision_of_1990", iso_2022_jp, "\x1B&@\x1B$B;3\x1B(B", "山"},
    {"roman_has_yen_and_overline", iso_2022_jp, "\x1B(J\\~\x1B(B\\~", "¥‾\\~"},
    {"half_width_kana_by_escape", iso_2022_jp, "\x1B(I6^\x1B(B", "ｶﾞ"},
    {"half_width_kana_by_shift_out", iso_2022_jp, "\x0E\x36\x5E\x0F.", "ｶﾞ."},
    {"supplementary_kanji", iso_2022_jp, "\x1B$(D0!\x1B(B", "丂"},
    {"circled_digit_of_nec", iso_2022_jp, "\x1B$B-!\x1B(B", "①"},
    {"takahashi_of_nec", iso_2022_jp, "\x1B$B|b\x1B(B", "髙"},
    {"wave_dash", iso_2022_jp, "\x1B$B!A\x1B(B", "〜"},
    {"wave_dash_is_the_same_in_cp932", cp932, "\x81\x60", "〜"},
    {"line_end_closes_kanji",
     iso_2022_jp,
     "\x1B$B;3\rPID",
     "山\rPID",
     {{Kind::unterminated_escape, 5}}},
    {"input_end_closes_kanji", iso_2022_jp, "\x1B$B;3", "山", {{Kind::unterminated_escape, 5}}},
    {"half_a_character", iso_2022_jp, "\x1B$B;\x1B(B", "\uFFFD", {{Kind::undecodable, 3}}},
    {"an_empty_cell", iso_2022_jp, "\x1B$B)!\x1B(Bx", "\uFFFDx", {{Kind::undecodable, 3}}},
    {"unknown_escape", iso_2022_jp, "a\x1B$AXX\x1B(Bb", "aXXb", {{Kind::unknown_escape, 1}}},
    {"eight_bit_inside", iso_2022_jp, "\x8E\x52\x1B$B;3\x1B(B", "山山", {{Kind::eight_bit, 0}}},
    {"cp932_kanji", cp932, "\x8E\x52\x93\x63|\xB6\xDE", "山田|ｶﾞ"},
    {"cp932_ibm_kanji", cp932, "\xFB\xFC\xFA\xB1", "髙﨑"},
    {"cp932_nec_selected", cp932, "\xEE\xE0\xED\x95", "髙﨑"},
    {"cp932_user_defined",
     cp932,
     "\xF0\x40\xF9\xFC",
     "\uE000\uE757",
     {{Kind::private_use, 0}, {Kind::private_use, 2}}},
    {"cp932_bad_trail_keeps_the_line_end", cp932, "\x81\ra", "\uFFFD\ra", {{Kind::undecodable, 0}}},
    {"cp932_lead_at_the_end", cp932, "a\x81", "a\uFFFD", {{Kind::undecodable, 1}}},
    {"euc", euc_jp, "\xBB\xB3\xC5\xC4\x8E\xB6\x8F\xB0\xA1", "山田ｶ丂"},
    {"euc_broken", euc_jp, "\xBB|", "\uFFFD|", {{Kind::undecodable, 0}}},
    {"utf_8_with_mark", utf_8, "\xEF\xBB\xBF山田", "山田"},
    {"utf_8_broken",
     utf_8,
     "山\xE5\xB1|",
     "山\uFFFD\uFFFD|",
     {{Kind::undecodable, 3}, {Kind::undecodable, 4}}},
};
INSTANTIATE_TEST_SUITE_P(Charset, Decode, testing::ValuesIn(cases), name_of_case);

struct Place {
  const char* name;
  Charset charset;
  std::string bytes;
  std::string piece;  // of the text
  BytePositions::Range range;
};
class Positions : public testing::TestWithParam<Place> {};
TEST_P(Positions, lead_back_to_the_bytes) {
  const auto decoded = decode(GetParam().bytes, GetParam().charset);
  const size_t begin = decoded.text.find(GetParam().piece);
  const auto range = decoded.positions.of(begin, begin + GetParam().piece.size());
  EXPECT_EQ(range.begin, GetParam().range.begin);
  EXPECT_EQ(range.end, GetParam().range.end);
}
const Place places[] = {
    {"field_with_its_escapes", iso_2022_jp, "a|\x1B$B;3ED\x1B(B|b", "山田", {2, 12}},
    {"second_kanji", iso_2022_jp, "a|\x1B$B;3ED\x1B(B|b", "田", {7, 12}},
    {"behind_kanji", iso_2022_jp, "a|\x1B$B;3ED\x1B(B|b", "|b", {9, 14}},
    {"cp932", cp932, "x\x8E\x52\xB6y", "ｶ", {3, 4}},
    {"utf_8_behind_a_mark", utf_8, "\xEF\xBB\xBF山田", "田", {6, 9}},
};
INSTANTIATE_TEST_SUITE_P(Charset, Positions, testing::ValuesIn(places),
                         [](const testing::TestParamInfo<Place>& info) {
                           return std::string(info.param.name);
                         });

struct Sniff {
  const char* name;
  std::string bytes;
  Charset charset;
};
class Sniffed : public testing::TestWithParam<Sniff> {};
TEST_P(Sniffed, is_found_out) {
  EXPECT_EQ(sniffed_charset(GetParam().bytes), GetParam().charset);
}
const Sniff sniffs[] = {
    {"escapes", "PID|\x1B$B;3\x1B(B", iso_2022_jp},
    {"utf_8", "山田 花子", utf_8},
    {"cp932", encode("山田 花子 髙血圧の疑い", cp932).bytes, cp932},
    {"euc", encode("山田 花子 東京都みなと町やまだ", euc_jp).bytes, euc_jp},
    {"euc_kana", encode("ヤマダ ハナコ", euc_jp).bytes, euc_jp},
    {"ascii", "PID|1", utf_8},
    {"mark", "\xEF\xBB\xBFPID", utf_8},
    {"broken_utf_8", "山田花子、東京都みなと町\xE5", utf_8},
};
INSTANTIATE_TEST_SUITE_P(Charset, Sniffed, testing::ValuesIn(sniffs),
                         [](const testing::TestParamInfo<Sniff>& info) {
                           return std::string(info.param.name);
                         });

TEST(Encode, returns_to_ascii_before_each_delimiter) {
  EXPECT_EQ(encode("a|山田^花子|", iso_2022_jp).bytes, "a|\x1B$B;3ED\x1B(B^\x1B$B2V;R\x1B(B|");
}
TEST(Encode, never_writes_half_width_kana) {
  const auto encoded = encode("ｶﾞ", iso_2022_jp);
  EXPECT_EQ(decode(encoded.bytes, iso_2022_jp).text, "ガ");
}
TEST(Encode, counts_what_the_charset_lacks) {
  const auto encoded = encode("髙𠮷", iso_2022_jp);
  EXPECT_EQ(encoded.replaced, 2u);
  EXPECT_EQ(decode(encoded.bytes, iso_2022_jp).text, "■■");
  EXPECT_EQ(encode("髙", iso_2022_jp, {.vendor_characters = true}).bytes, "\x1B$B|b\x1B(B");
}
TEST(Encode, takes_any_reading_of_the_wave_dash) {
  EXPECT_EQ(encode("～〜", iso_2022_jp).bytes, "\x1B$B!A!A\x1B(B");
}

// Every character of the tables comes back from each charset that has it.
TEST(Encode, is_undone_by_decode) {
  for (char32_t point = 0x80; point < 0x10000; ++point) {
    if (point >= 0xD800 && point < 0xF900) continue;
    std::string text;
    text += static_cast<char>(point < 0x800 ? 0xC0 | (point >> 6) : 0xE0 | (point >> 12));
    if (point >= 0x800) text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
    for (const Charset charset : {iso_2022_jp, cp932, euc_jp}) {
      const auto encoded = encode(text, charset, {.vendor_characters = true});
      if (encoded.replaced > 0 || full_width_kana_of(text) != text) continue;
      ASSERT_EQ(folded(decode(encoded.bytes, charset).text), folded(text))
          << name_of(charset) << " U+" << std::hex << static_cast<uint32_t>(point);
    }
  }
}

TEST(Decode, takes_any_bytes) {
  std::mt19937 random(7);
  const std::string pieces[] = {"\x1B", "$B",   "(B",   "$(D",  "(I",   "\r", "|",
                                "\x81", "\x8F", "\xFA", "\x0E", "\x0F", "A"};
  for (int round = 0; round < 4000; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i)
      bytes += random() % 2 ? pieces[random() % std::size(pieces)]
                            : std::string(1, static_cast<char>(random()));
    for (const Charset charset : {utf_8, iso_2022_jp, cp932, euc_jp}) {
      const auto decoded = decode(bytes, charset);
      ASSERT_TRUE(is_utf8(decoded.text));
      ASSERT_EQ(decoded.positions.of(0, decoded.text.size()).end, bytes.size());
      for (size_t i = 0; i < decoded.text.size(); ++i) {
        const auto range = decoded.positions.of(i, i + 1);
        ASSERT_LE(range.begin, range.end);
        ASSERT_LE(range.end, bytes.size());
      }
    }
  }
}

TEST(CharsetNames, are_read_in_their_usual_spellings) {
  EXPECT_EQ(charset_named("Shift_JIS"), cp932);
  EXPECT_EQ(charset_named("ISO-2022-JP"), iso_2022_jp);
  EXPECT_EQ(charset_named("utf8"), utf_8);
  EXPECT_EQ(charset_named("utf-16"), std::nullopt);
}

}  // namespace
}  // namespace tasuki
