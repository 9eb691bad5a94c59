// Codes of systems that are a grammar rather than a list.
#include "fhir/terminology/grammar.h"

#include <gtest/gtest.h>

namespace tasuki::fhir::terminology {
namespace {

struct Tag {
  const char* name;
  const char* text;
  bool is_right;
};
const Tag tags[] = {
    {"language", "ja", true},
    {"of_three_letters", "yue", true},
    {"region", "ja-JP", true},
    {"script_and_region", "zh-Hant-TW", true},
    {"region_of_digits", "es-419", true},
    {"extended_language", "zh-cmn-Hans", true},
    {"variant", "sl-rozaj-biske", true},
    {"variant_of_a_year", "de-1996", true},
    {"extension", "ja-u-ca-japanese", true},
    {"private_use", "en-x-hospital", true},
    {"private_use_alone", "x-ward", true},
    {"word_in_place_of_a_region", "no-such-code", false},
    {"digit_in_the_language", "j1", false},
    {"empty", "", false},
    {"dash_at_the_end", "ja-", false},
    {"region_twice", "ja-JP-JP", false},
    {"nothing_private", "ja-x", false},
    {"extension_of_nothing", "ja-u", false},
    {"too_long", "japanesetag", false},
};
class LanguageTags : public testing::TestWithParam<Tag> {};
TEST_P(LanguageTags, are_told_from_others) {
  const Grammar* grammar = grammar_of("urn:ietf:bcp:47");
  ASSERT_NE(grammar, nullptr);
  EXPECT_EQ(grammar->parse(GetParam().text).has_value(), GetParam().is_right);
}
INSTANTIATE_TEST_SUITE_P(Grammar, LanguageTags, testing::ValuesIn(tags),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::fhir::terminology
