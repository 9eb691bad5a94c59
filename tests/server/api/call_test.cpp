#include "server/api/call.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "server/api/outcome.h"
#include "server/api/parameters.h"
#include "server/house.h"

namespace tasuki::server::api {
namespace {

struct PathCase {
  const char* name;
  const char* path;
  std::optional<Shape> shape;
};
const PathCase paths[] = {
    {"the_base", "", Shape::system},
    {"the_base_with_a_slash", "/", Shape::system},
    {"metadata", "/metadata", Shape::metadata},
    {"a_type", "/Patient", Shape::type},
    {"a_type_with_a_slash", "/Patient/", Shape::type},
    {"a_resource", "/Patient/1", Shape::instance},
    {"a_version", "/Patient/1/_history/2", Shape::version},
    {"a_history", "/Patient/1/_history", Shape::instance_history},
    {"a_types_history", "/Patient/_history", Shape::type_history},
    {"everythings_history", "/_history", Shape::system_history},
    {"a_search", "/Patient/_search", Shape::type_search},
    {"an_abstract_type_is_none", "/DomainResource/1", std::nullopt},
    {"a_data_type_is_none", "/HumanName", std::nullopt},
    {"case_counts", "/patient", std::nullopt},
    {"an_id_too_long", "/Patient/12345678901234567890123456789012345678901234567890123456789012345",
     std::nullopt},
    {"an_id_with_a_percent", "/Patient/a%2Fb", std::nullopt},
    {"version_zero", "/Patient/1/_history/0", std::nullopt},
    {"a_version_too_large", "/Patient/1/_history/99999999999", std::nullopt},
    {"too_deep", "/Patient/1/_history/1/1", std::nullopt},
    {"an_operation_on_all", "/$meta", Shape::system_operation},
    {"an_operation_on_a_type", "/Patient/$everything", Shape::type_operation},
    {"an_operation_on_one", "/Patient/1/$everything", Shape::instance_operation},
    {"an_operation_on_a_version", "/Patient/1/_history/2/$meta", Shape::instance_operation},
    {"an_operation_behind_a_history", "/Patient/1/_history/$meta", std::nullopt},
    {"nothing_behind_an_operation", "/Patient/1/$meta/1", std::nullopt},
};
class Paths : public testing::TestWithParam<PathCase> {};

TEST_P(Paths, are_understood_or_refused) {
  const auto target = parse_target(*r4(), GetParam().path);
  EXPECT_EQ(target ? std::optional(target->shape) : std::nullopt, GetParam().shape);
}
INSTANTIATE_TEST_SUITE_P(Api, Paths, testing::ValuesIn(paths),
                         [](const auto& info) { return info.param.name; });

struct TagCase {
  const char* text;
  std::optional<uint32_t> version;
};
TEST(Etag, is_read_as_clients_write_it) {
  for (const TagCase& each : {TagCase{"W/\"3\"", 3},
                              {"\"3\"", 3},
                              {"3", 3},
                              {"W/\"\"", {}},
                              {"", {}},
                              {"*", {}},
                              {"W/\"x\"", {}},
                              {"W/\"3", {}},
                              {"-1", {}}}) {
    const auto version = parse_etag(each.text);
    EXPECT_EQ(version ? std::optional(*version) : std::nullopt, each.version) << each.text;
  }
}

TEST(Parameters, percent_signs_and_plus_are_decoded) {
  const auto parameters = parameters_of("name=%E5%B1%B1+x&_count=1&&empty=&alone&bad=%4");
  ASSERT_EQ(parameters.size(), 5U);
  EXPECT_EQ(parameters[0].value, "山 x");
  EXPECT_EQ(parameters[3].name, "alone");
  EXPECT_EQ(parameters[4].value, "%4");
}

TEST(Parameters, some_are_taken_out_and_the_rest_stays_as_it_came) {
  EXPECT_EQ(without("a=%41&_format=json&b=2", {"_format"}), "a=%41&b=2");
  EXPECT_EQ(without("_format=json", {"_format"}), "");
}

TEST(Parameters, what_is_encoded_decodes_to_itself) {
  const std::string text = "a b/|&=%山\n";
  EXPECT_EQ(percent_decoded(percent_encoded(text)), text);
}

TEST(Outcome, each_kind_of_error_has_a_status_and_a_japanese_sentence) {
  for (int kind = 0; kind <= static_cast<int>(Error::Kind::internal); ++kind) {
    const Problem problem(Error{static_cast<Error::Kind>(kind), "why \"so\"", "Patient.name[0]"});
    EXPECT_GE(status_of(problem), 400U);
    EXPECT_FALSE(sentence_ja(problem.error.kind).empty());
    EXPECT_TRUE(json::parse(outcome_text(problem)).has_value());
  }
}

}  // namespace
}  // namespace tasuki::server::api
