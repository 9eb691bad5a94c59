#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/graphql/document.h"

namespace tasuki::fhir::graphql {
namespace {

using testing::HasSubstr;

std::string many(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += text;
  return all;
}

struct Refused {
  const char* name;
  std::string query;
  const char* message;
  const char* location;
};
const Refused refused[] = {
    {"nothing", "", "There is no query", "line 1, column 1"},
    {"an_empty_selection", "{ name { } }", "expected a field", "line 1, column 10"},
    {"an_unclosed_selection", "{ name {\n given", "Here stands the end", "line 2, column 7"},
    {"an_unclosed_string", "{ a(b: \"c) }\n", "not closed on its line", "line 1, column 8"},
    {"an_unclosed_block", "{ a(b: \"\"\"c) }", "not closed", "line 1, column 8"},
    {"a_long_word_in_japanese", "{ a(b: c) \"" + many("山", 20) + "\" }",
     "\"山山山山山山山山山山\"", "line 1, column 11"},
    {"half_a_surrogate_pair", R"({ a(b: "\ud83d") })", "surrogate", "line 1, column 10"},
    {"an_unknown_escape", R"({ a(b: "\x") })", "After \\", "line 1, column 10"},
    {"a_leading_zero", "{ a(b: 012) }", "A number is written", "line 1, column 8"},
    {"a_number_that_becomes_a_name", "{ a(b: 1x) }", "A number is written", "line 1, column 8"},
    {"a_character_without_meaning", "{ a ? }", "no meaning", "line 1, column 5"},
    {"a_mutation", "mutation { a }", "reads", "line 1, column 1"},
    {"an_argument_without_a_value", "{ a(b:) }", "expected a value", "line 1, column 7"},
    {"a_variable_as_a_default", "query($a: Int = $b) { c }", "expected a value",
     "line 1, column 17"},
    {"selections_without_a_field", many("{", 40), "expected a field", "line 1, column 2"},
    {"nested_too_deep", "{ a(b: " + many("[", 40) + ") }", "Nested deeper", "line 1"},
    {"too_many_words", "{" + many("a ", 20'001) + "}", "words", "line 1"},
    {"too_many_bytes", "{" + many(" ", 65'536) + "a}", "bytes", ""},
};

class GraphqlRefused : public testing::TestWithParam<Refused> {};

TEST_P(GraphqlRefused, names_what_and_where) {
  const auto document = parse(GetParam().query);
  ASSERT_FALSE(document);
  EXPECT_THAT(document.error().message, HasSubstr(GetParam().message));
  EXPECT_THAT(document.error().location, HasSubstr(GetParam().location));
}
INSTANTIATE_TEST_SUITE_P(Graphql, GraphqlRefused, testing::ValuesIn(refused),
                         [](const auto& info) { return info.param.name; });

TEST(Graphql, values_mean_what_is_written) {
  const auto document = parse(R"(# a comment
query q($a: [String!]! = ["x"]) { other: name(s: "a\u00e9\ud83d\ude00\n", t: """x "y" \""" z""",
  n: -1.5e3, v: $a, l: [1 2,3], o: {k: true}, e: official, z: null) @first { given } ...f }
fragment f on Patient { id })");
  ASSERT_TRUE(document) << document.error().message << document.error().location;
  const Operation& operation = document->operations.front();
  EXPECT_EQ(operation.variables.front().type, "[String!]!");
  EXPECT_TRUE(operation.variables.front().is_required);
  const Selection& field = operation.selections.front();
  EXPECT_EQ(field.key() + " " + field.name, "other name");
  EXPECT_EQ(field.argument("s")->value.text, "aé😀\n");
  EXPECT_EQ(field.argument("t")->value.text, R"(x "y" """ z)");
  EXPECT_EQ(field.argument("n")->value.text, "-1.5e3");
  EXPECT_EQ(field.argument("v")->value.kind, Value::Kind::variable);
  EXPECT_EQ(field.argument("l")->value.items.size(), 3U);
  EXPECT_EQ(field.argument("o")->value.members.front().name, "k");
  EXPECT_EQ(field.argument("e")->value.kind, Value::Kind::enumeration);
  EXPECT_EQ(field.argument("z")->value.kind, Value::Kind::null);
  EXPECT_NE(field.directive("first"), nullptr);
  EXPECT_EQ(operation.selections[1].kind, Selection::Kind::spread);
  EXPECT_EQ(document->fragment("f")->on, "Patient");
}

}  // namespace
}  // namespace tasuki::fhir::graphql
