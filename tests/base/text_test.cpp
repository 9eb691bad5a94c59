#include "base/text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/utf8.h"

namespace tasuki {
namespace {

struct Case {
  const char* name;
  std::string one, other;
};
auto name_of = [](const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
};

class Same : public testing::TestWithParam<Case> {};
TEST_P(Same, folds_to_one_form) {
  EXPECT_EQ(folded(GetParam().one), folded(GetParam().other));
}
const Case same_cases[] = {
    {"case", "Yamada", "YAMADA"},
    {"full_width_letters", "ＹＡＭＡＤＡ１２", "yamada12"},
    {"space_or_none", "山田 花子", "山田花子"},
    {"ideographic_space", "山田　花子", "山田花子"},
    {"half_width_kana", "ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダハナコ"},
    {"half_width_semi_voicing", "ﾊﾟﾋﾟﾌﾟ", "パピプ"},
    {"hiragana", "やまだはなこ", "ヤマダハナコ"},
    {"voicing_apart", "カ\u3099", "ガ"},
    {"voicing_mark_with_space", "カ゛", "が"},
    {"voiced_vu", "ｳﾞｨ", "ゔぃ"},
    {"hashigo_taka", "髙橋", "高橋"},
    {"tatsu_saki", "山﨑", "山崎"},
    {"old_nabe", "渡邊", "渡辺"},
    {"other_nabe", "渡邉", "渡辺"},
    {"old_hama", "濵田", "浜田"},
    {"old_sawa", "澤", "沢"},
    {"old_kuni", "國廣", "国広"},
    {"old_sai", "齋藤", "斎藤"},
    {"tsuchi_yoshi", "𠮷田", "吉田"},
    {"variation_selector", "葛\U000E0100城", "葛城"},
    {"compatibility_ideograph", "塚", "塚"},
    {"long_vowel_and_hyphen", "タロー", "タロ－"},
    {"wave_dash_both_ways", "1〜2", "1～2"},
    {"minus_and_hyphen", "１−２", "1-2"},
    {"circled_digit", "①", "1"},
    {"company", "㈱みなと", "(株)みなと"},
    {"accent", "Béla Müller", "bela muller"},
    {"accent_apart", "e\u0301", "é"},
    {"squared_unit", "㎎", "mg"},
};
INSTANTIATE_TEST_SUITE_P(Folded, Same, testing::ValuesIn(same_cases), name_of);

class Apart : public testing::TestWithParam<Case> {};
TEST_P(Apart, stays_apart) {
  EXPECT_NE(folded(GetParam().one), folded(GetParam().other));
}
const Case apart_cases[] = {
    {"small_kana", "ショ", "シヨ"},
    {"sei_and_sai", "斉藤", "斎藤"},
    {"namesakes", "山田花子", "山田華子"},
    {"voiced_and_plain", "ナカシマ", "ナカジマ"},
    {"ascii", "a1", "a2"},
};
INSTANTIATE_TEST_SUITE_P(Folded, Apart, testing::ValuesIn(apart_cases), name_of);

TEST(Folded, reads_as_written_here) {
  EXPECT_EQ(folded("ﾀｶﾊｼ 髙一郎-Ａ"), "タカハシ高一郎-a");
  EXPECT_EQ(folded(""), "");
  EXPECT_EQ(folded("\xFFx"), "\uFFFDx");
}

// Exchanged between JIS C 6226-1978 and 1983: read by either table, a text folds the same.
TEST(Folded, does_not_care_which_jis_a_font_was_of) {
  const char* pairs[][2] = {{"鯵", "鰺"}, {"鴬", "鶯"}, {"蛎", "蠣"}, {"撹", "攪"}, {"竃", "竈"},
                            {"潅", "灌"}, {"諌", "諫"}, {"頚", "頸"}, {"砿", "礦"}, {"蕊", "蘂"},
                            {"靭", "靱"}, {"賎", "賤"}, {"壷", "壺"}, {"砺", "礪"}, {"梼", "檮"},
                            {"涛", "濤"}, {"迩", "邇"}, {"蝿", "蠅"}, {"桧", "檜"}, {"侭", "儘"},
                            {"薮", "藪"}, {"篭", "籠"}};
  for (const auto& [one, other] : pairs)
    EXPECT_EQ(folded(one), folded(other));
}

// Of characters that folding drops, joins, or turns into several.
std::string any_text(std::mt19937& random) {
  const char32_t interesting[] = {' ',     0x3000, 0x3099, 0x309A, 0x309B, 0xFF9E, 0xFF9F,
                                  0x301,   0x308,  0xA8,   0xB4,   'e',    'I',    0x130,
                                  0xDF,    0xC5,   0x1E9E, 0x30AB, 0x304B, 0xFF76, 0x9AD9,
                                  0xFA11,  0xF9D1, 0x309F, 0x30FF, 0x3131, 0x1100, 0x1161,
                                  0xE0101, 0x2460, 0x3231, 0x3C3,  0x1F71, 0x2122};
  std::string text;
  for (int i = 0; i < 8; ++i) {
    const bool known = random() % 4 != 0;
    char32_t point = known ? interesting[random() % std::size(interesting)] : random() % 0x30000;
    if (point >= 0xD800 && point < 0xE000) point = 'x';
    utf8::append(text, point);
  }
  return text;
}

TEST(Folded, twice_is_once_for_any_text) {
  std::mt19937 random(20261123);
  for (int round = 0; round < 4000; ++round) {
    const std::string text = any_text(random), once = folded(text);
    ASSERT_EQ(folded(once), once) << "round " << round << " of " << text;
  }
}

TEST(Folded, its_start_is_cut_where_the_whole_would_be) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 8000; ++round) {
    const std::string text = any_text(random), whole = folded(text);
    const size_t bytes_max = random() % 24;
    const std::string start = folded_start(text, bytes_max);
    ASSERT_EQ(start.size() > bytes_max, whole.size() > bytes_max) << "round " << round;
    ASSERT_EQ(start.substr(0, bytes_max), whole.substr(0, bytes_max))
        << "round " << round << " of " << text;
  }
}

TEST(Kana, changes_script_and_width) {
  EXPECT_EQ(katakana_of("やまだ ﾀﾞ花ゝ"), "ヤマダ ダ花ヽ");
  EXPECT_EQ(hiragana_of("ヤマダ ﾀﾞ花ヽー"), "やまだ だ花ゝー");
  EXPECT_EQ(full_width_kana_of("ｱﾞﾊﾟabc漢ﾞ"), "ア゛パabc漢゛");
}

TEST(Width, counts_columns) {
  EXPECT_EQ(width_of("abc"), 3u);
  EXPECT_EQ(width_of("山田ﾊﾅ"), 6u);
  EXPECT_EQ(width_of("カ\u3099"), 2u);
}

TEST(Utf8, knows_what_is_well_formed) {
  EXPECT_TRUE(is_utf8("山田𠮷"));
  EXPECT_FALSE(is_utf8("\xC0\x80"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xE5\xB1"));
}

// The way that takes eight bytes and whole kanji at once stops where one character at a time would.
TEST(Utf8, a_quoted_beginning_has_whole_characters) {
  EXPECT_EQ(utf8::head("山田花子", 7), "山田");
  EXPECT_EQ(utf8::head("山田花子", 6), "山田");
  EXPECT_EQ(utf8::head("山田", 100), "山田");
  EXPECT_EQ(utf8::head("a\xFF"
                       "b",
                       100),
            "a");
}

TEST(Utf8, stops_at_the_first_byte_that_is_not_well_formed) {
  std::mt19937 dice(20261126);
  const std::string_view pieces[] = {"a",
                                     "PID|1||",
                                     "é",
                                     "山",
                                     "田花子",
                                     "𠮷",
                                     "\xEE\x80\x80",
                                     "\xE5\xB1",
                                     "\xED\xA0\x80",
                                     "\x80",
                                     "\xC0\x80",
                                     "\xE0\x80\x80",
                                     "\xF4\x90\x80\x80",
                                     "퟿"};
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int left = std::uniform_int_distribution<int>(0, 12)(dice); left > 0; --left)
      text += pieces[std::uniform_int_distribution<size_t>(0, std::size(pieces) - 1)(dice)];
    for (const auto stops : {utf8::StopsAt::malformed, utf8::StopsAt::private_use}) {
      size_t at = 0;
      while (at < text.size()) {
        const auto point = utf8::first(std::string_view(text).substr(at));
        const bool is_private = point.value >= 0xE000 && point.value <= 0xF8FF;
        if (!point.valid || (is_private && stops == utf8::StopsAt::private_use)) break;
        at += point.size;
      }
      ASSERT_EQ(utf8::well_formed(text, stops), at) << text;
    }
  }
}

}  // namespace
}  // namespace tasuki
