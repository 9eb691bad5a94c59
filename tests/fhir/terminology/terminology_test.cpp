#include "fhir/terminology/terminology.h"

#include <gtest/gtest.h>

#include "fhir/terminology/compile.h"
#include "json/parse.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr std::string_view resources = R"([
{"resourceType":"CodeSystem","url":"http://x/animals","version":"1.2.0","content":"complete","language":"en",
 "concept":[
  {"code":"animal","display":"Animal","concept":[
    {"code":"dog","display":"Dog","designation":[{"language":"ja","value":"犬"}]},
    {"code":"cat","display":"Cat","property":[{"code":"inactive","valueBoolean":true}]}]},
  {"code":"pet","display":"Pet","property":[{"code":"child","valueCode":"dog"}]},
  {"code":"stone","display":"Stone"}]},
{"resourceType":"CodeSystem","url":"http://x/animals","version":"1.10.0","content":"complete",
 "concept":[{"code":"animal","display":"Animal","concept":[{"code":"bird","display":"Bird"}]}]},
{"resourceType":"ValueSet","url":"http://x/living","compose":{"include":[{"system":"http://x/animals","version":"1.2.0",
 "filter":[{"property":"concept","op":"is-a","value":"animal"}]}],
 "exclude":[{"system":"http://x/animals","version":"1.2.0","concept":[{"code":"cat"}]}]}},
{"resourceType":"ValueSet","url":"http://x/pets","compose":{"include":[{"system":"http://x/animals","version":"1.2.0",
 "filter":[{"property":"concept","op":"descendent-of","value":"pet"}]}]}},
{"resourceType":"ValueSet","url":"http://x/both","compose":{"include":[
 {"valueSet":["http://x/living","http://x/pets"]}]}},
{"resourceType":"ValueSet","url":"http://x/unknown","compose":{"include":[{"system":"http://x/elsewhere"}]}},
{"resourceType":"NamingSystem","uniqueId":[{"type":"oid","value":"1.2.3"},{"type":"uri","value":"http://x/animals","preferred":true}]}
])";

std::shared_ptr<const Terminology> small() {
  const auto document = json::parse(resources);
  Compiler compiler;
  for (const json::Value& one : document->root.items())
    EXPECT_TRUE(compiler.add(one));
  return Terminology::make({*Mapping::over(compiler.bytes())});
}

struct Case {
  const char *name, *value_set, *system, *code;
  Truth truth;
};
class Contains : public testing::TestWithParam<Case> {};
const Case cases[] = {
    {"below_the_root_is_in", "http://x/living", "http://x/animals", "dog", Truth::yes},
    {"the_root_is_in", "http://x/living", "http://x/animals", "animal", Truth::yes},
    {"excluded_is_out", "http://x/living", "http://x/animals", "cat", Truth::no},
    {"elsewhere_in_the_system_is_out", "http://x/living", "http://x/animals", "stone", Truth::no},
    {"an_oid_is_the_same_system", "http://x/living", "urn:oid:1.2.3", "dog", Truth::yes},
    {"no_system_means_any", "http://x/living", "", "dog", Truth::yes},
    {"another_system_is_out", "http://x/living", "http://x/plants", "dog", Truth::no},
    {"a_second_parent_counts", "http://x/pets", "http://x/animals", "dog", Truth::yes},
    {"descendent_of_leaves_the_root_out", "http://x/pets", "http://x/animals", "pet", Truth::no},
    {"imports_of_one_include_meet", "http://x/both", "http://x/animals", "dog", Truth::yes},
    {"and_only_there", "http://x/both", "http://x/animals", "animal", Truth::no},
    {"a_system_that_is_not_here", "http://x/unknown", "http://x/elsewhere", "1", Truth::unknown},
    {"a_value_set_that_is_not_here", "http://x/none", "http://x/animals", "dog", Truth::unknown},
};
TEST_P(Contains, answers) {
  const Case& one = GetParam();
  EXPECT_EQ(small()->contains(one.value_set, one.system, one.code), one.truth);
}
INSTANTIATE_TEST_SUITE_P(Terminology, Contains, testing::ValuesIn(cases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Terminology, the_newest_version_speaks_where_none_is_named) {
  const auto terms = small();
  EXPECT_EQ(terms->code_system("http://x/animals")->version(), "1.10.0");
  EXPECT_EQ(terms->code_system("http://x/animals|1.2.0")->version(), "1.2.0");
  EXPECT_EQ(terms->code_system("http://x/animals|1.2.x")->version(), "1.2.0");
  EXPECT_EQ(terms->code_system("http://x/animals|9"), nullptr);
}

TEST(Terminology, a_word_in_the_language_asked_for) {
  const auto terms = small();
  EXPECT_EQ(terms->display("http://x/animals|1.2.0", "dog", "ja"), "犬");
  EXPECT_EQ(terms->display("http://x/animals|1.2.0", "dog", "fr,ja;q=0.5"), "犬");
  EXPECT_EQ(terms->display("http://x/animals|1.2.0", "dog"), "Dog");
}

TEST(Terminology, all_names_of_one_system) {
  EXPECT_EQ(small()->names_of("http://x/animals").size(), 2u);
  EXPECT_EQ(small()->name_of("urn:oid:1.2.3"), "http://x/animals");
}

TEST(Terminology, members_are_listed_in_order) {
  const auto all = small()->members("http://x/living", 10);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(1).display, "Dog");
  EXPECT_EQ(small()->members("http://x/living", 1).error().kind, Error::Kind::too_costly);
}

TEST(Terminology, a_cut_image_is_refused) {
  Compiler compiler;
  const std::string bytes = compiler.bytes();
  EXPECT_FALSE(Mapping::over(bytes.substr(0, bytes.size() / 2)));
  EXPECT_FALSE(Mapping::over("something else, long enough to be a header of an image"));
}

}  // namespace
}  // namespace tasuki::fhir::terminology
