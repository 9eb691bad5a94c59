#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/print.h"

namespace tasuki::json {
namespace {

struct Case {
  const char* name;
  std::string text;
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class Kept : public testing::TestWithParam<Case> {};
TEST_P(Kept, prints_as_it_was_written) {
  const auto document = parse(GetParam().text);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(print(document->root), GetParam().text);
}
const Case kept[] = {
    {"decimals_keep_their_digits",
     R"({"value":8.50,"other":1e-7,"big":123456789012345678901234567890.10})"},
    {"member_order_is_kept", R"({"b":1,"a":2})"},
    {"kanji_beyond_the_basic_plane", R"(["𠮷野家","髙﨑","葛󠄀"])"},
    {"empty_containers", R"([[],{},""])"},
    {"controls_are_escaped", R"(["\u0001\n\t\"\\"])"},
};
INSTANTIATE_TEST_SUITE_P(Json, Kept, testing::ValuesIn(kept), name_of);

struct Refusal {
  const char* name;
  std::string text;
  const char* where;
};
class Refused : public testing::TestWithParam<Refusal> {};
TEST_P(Refused, says_where) {
  const auto document = parse(GetParam().text, {.bytes_max = 1000, .depth_max = 4});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().location, GetParam().where) << document.error().message;
}
const Refusal refused[] = {
    {"a_member_twice", "{\"a\":1,\n \"a\":2}", "line 2, column 7"},
    {"bytes_that_are_not_utf8", "{\"a\":\"\xff\"}", "line 1, column 7"},
    {"nesting_too_deep", "[[[[[1]]]]]", "line 1, column 5"},
    {"a_text_that_ends_early", "{\"a\":", "line 1, column 6"},
    {"two_values", "{} {}", "line 1, column 4"},
    {"numbers_with_leading_zero", "[01]", "line 1, column 3"},
    {"the_first_half_of_a_pair", R"(["\ud83d"])", "line 1, column 3"},
    {"the_second_half_of_a_pair", R"(["\ud83d\ude00\\","\uDE00"])", "line 1, column 20"},
};
INSTANTIATE_TEST_SUITE_P(Json, Refused, testing::ValuesIn(refused),
                         [](const auto& info) { return info.param.name; });

TEST(Json, too_many_bytes_are_refused) {
  EXPECT_FALSE(parse(std::string(1001, ' '), {.bytes_max = 1000, .depth_max = 4}));
}

TEST(Json, every_ascii_character_comes_back_from_every_place_of_a_word) {
  for (size_t place = 0; place < 12; ++place) {
    for (int c = 0; c < 0x80; ++c) {
      std::string text = "薬とabcdefghijkあい";
      text.insert(6 + place, 1, static_cast<char>(c));
      std::string printed = "[";
      print_string(text, printed);
      const auto read = parse(printed + "]");
      ASSERT_TRUE(read) << c << " at " << place << ": " << read.error().message;
      ASSERT_EQ(read->root.items()[0].text(), text);
    }
  }
}

TEST(Json, a_built_tree_prints) {
  Document document;
  document.root = Value::object();
  Value& list = document.root.set(document.arena, "list", Value::array());
  for (int64_t i = 0; i < 9; ++i)
    list.push(document.arena, Value::number(document.arena, i));
  document.root.set(document.arena, "gone", Value::boolean(true));
  document.root.remove("gone");
  document.root.set(document.arena, "name", Value::string(document.arena, "花子"));
  EXPECT_EQ(print(document.root), R"({"list":[0,1,2,3,4,5,6,7,8],"name":"花子"})");
}

TEST(Json, equality_ignores_member_order_only) {
  const auto a = parse(R"({"x":1,"y":[1,2]})");
  const auto b = parse(R"({"y":[1,2],"x":1})");
  const auto c = parse(R"({"y":[2,1],"x":1})");
  EXPECT_TRUE(equal(a->root, b->root));
  EXPECT_FALSE(equal(a->root, c->root));
}

}  // namespace
}  // namespace tasuki::json
