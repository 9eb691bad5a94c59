#include "json/outline.h"

#include <gtest/gtest.h>

#include "json/print.h"

namespace tasuki::json {
namespace {

using Items = std::vector<std::string_view>;

struct Case {
  const char* name;
  std::string_view text;
  std::string_view rest;
  Items items;
};
class Outlined : public testing::TestWithParam<Case> {};
TEST_P(Outlined, tells_where_each_item_lies) {
  const auto outlined = outline(GetParam().text, "entry");
  ASSERT_TRUE(outlined) << outlined.error().message;
  EXPECT_EQ(print(outlined->document.root), GetParam().rest);
  EXPECT_EQ(outlined->items, GetParam().items);
}
const Case cases[] = {
    {"items_as_written",
     R"({"a":1, "entry": [ {"b": [2]} ,{"entry":[3]}], "c":{"entry":[4]}})",
     R"({"a":1,"entry":[],"c":{"entry":[4]}})",
     {R"({"b": [2]})", R"({"entry":[3]})"}},
    {"an_empty_array", R"({"entry":[]})", R"({"entry":[]})", {}},
    {"no_array_of_that_name", R"({"a":[{"entry":[1]}]})", R"({"a":[{"entry":[1]}]})", {}},
    {"what_is_no_array_stays",
     R"({"entry":{"b":[1]},"c":[2]})",
     R"({"entry":{"b":[1]},"c":[2]})",
     {}},
    {"items_that_are_no_objects_keep_their_kind",
     R"({"entry":["x",[1,[2]],7,null,true]})",
     R"({"entry":[]})",
     {R"("")", "[1,[2]]", "0", "null", "true"}},
    {"behind_a_byte_order_mark", "\xEF\xBB\xBF{\"entry\":[{}]}", R"({"entry":[]})", {"{}"}},
};
INSTANTIATE_TEST_SUITE_P(Json, Outlined, testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

struct Refusal {
  const char* name;
  std::string_view text, where;
};
class NotOutlined : public testing::TestWithParam<Refusal> {};
TEST_P(NotOutlined, says_where) {
  const auto outlined = outline(GetParam().text, "entry", {.bytes_max = 100, .depth_max = 4});
  ASSERT_FALSE(outlined);
  EXPECT_EQ(outlined.error().location, GetParam().where) << outlined.error().message;
}
const Refusal refusals[] = {
    {"broken_off_in_an_item", R"({"entry":[{"a":1)", "line 1, column 17"},
    {"no_utf_8_in_an_item", "{\"entry\":[\n{\"a\":\"\xFF\"}]}", "line 2, column 7"},
    {"the_array_twice", R"({"entry":[],"entry":[]})", "line 1, column 23"},
    {"too_deep_in_an_item", R"({"entry":[{"a":[[]]}]})", "line 1, column 17"},
};
INSTANTIATE_TEST_SUITE_P(Json, NotOutlined, testing::ValuesIn(refusals),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::json
