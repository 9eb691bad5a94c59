// Regular expressions of value sets: the whole text matches, in bounded time.
#include "fhir/terminology/pattern.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tasuki::fhir::terminology {
namespace {

struct Matching {
  const char* name;
  const char* pattern;
  std::string text;
  bool matches;
};
const Matching matching[] = {
    {"whole", "a+", "aaa", true},
    {"only_the_beginning", "a+", "aab", false},
    {"only_the_end", "a+", "baa", false},
    {"the_longer_of_two_ways", "a|ab", "ab", true},
    {"a_way_beside", "(ab|a)(c|bcd)", "abcd", true},
    {"japanese", "[ぁ-ん]{2}", "かな", true},
    {"a_letter_is_a_letter_in_any_script", "...", "漢字か", true},
    {"a_group_by_its_number", R"((\d)\1)", "77", true},
    {"another_than_the_group", R"((\d)\1)", "78", false},
    {"loops_in_loops", "(a+)+", std::string(60, 'a'), true},
    {"loops_in_loops_that_fail", "(a+)+", std::string(200, 'a') + "!", false},
    {"ways_without_number", "(a|a|aa)+b", std::string(5000, 'a'), false},
};
class Patterns : public testing::TestWithParam<Matching> {};
TEST_P(Patterns, match) {
  const auto pattern = Pattern::compile(GetParam().pattern);
  ASSERT_TRUE(pattern);
  const auto begin = std::chrono::steady_clock::now();
  const auto found = pattern->matches(GetParam().text);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, GetParam().matches);
}
INSTANTIATE_TEST_SUITE_P(Terminology, Patterns, testing::ValuesIn(matching),
                         [](const auto& info) { return info.param.name; });

TEST(Pattern, that_would_take_for_ever_is_refused) {
  const auto pattern = Pattern::compile(R"(((a|aa)+)+\1[bc])");
  ASSERT_TRUE(pattern);
  const auto found = pattern->matches(std::string(60, 'a'));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Error::Kind::too_costly);
}

TEST(Pattern, that_is_none_is_refused) {
  EXPECT_FALSE(Pattern::compile("(a"));
  EXPECT_FALSE(Pattern::compile(""));
}

}  // namespace
}  // namespace tasuki::fhir::terminology
