#include "fhir/path/expression.h"

#include "../search/reference_set.h"

namespace tasuki::fhir::path {
namespace {

using testing::definitions;
using testing::document;

constexpr std::string_view patient = R"({"resourceType":"Patient","id":"p1","active":true,
  "name":[{"use":"official","family":"山田","given":["花子","Hana"]},{"use":"maiden","family":"鈴木","_prefix":[{"extension":[{"url":"u","valueString":"x"}]}]}],
  "_birthDate":{"extension":[{"url":"http://why","valueCode":"unknown"}]},
  "extension":[{"url":"http://a","valueQuantity":{"value":1.50}},{"url":"http://b","valueCode":"c"}],
  "contained":[{"resourceType":"Organization","id":"org","name":"みなと病院"}],
  "managingOrganization":{"reference":"#org"},
  "generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"http://x/fhir/PractitionerRole/2/_history/1"},{"reference":"urn:uuid:3"},{"type":"Organization","identifier":{"value":"4"}}],
  "multipleBirthInteger":2,"deceasedBoolean":false})";

struct Case {
  const char* name;
  const char* expression;
  std::vector<std::string> values;
};
void PrintTo(const Case& each, std::ostream* out) {
  *out << each.expression;
}

const Case cases[] = {
    {"path", "Patient.name.given", {"花子", "Hana"}},
    {"path_without_type", "name.family", {"山田", "鈴木"}},
    {"path_of_the_ancestor", "Resource.id", {"p1"}},
    {"path_of_another_type", "Observation.code", {}},
    {"unknown_member", "Patient.nom", {}},
    {"choice", "Patient.deceased", {"false"}},
    {"choice_as", "(Patient.multipleBirth as integer)", {"2"}},
    {"choice_as_other", "Patient.multipleBirth.as(boolean)", {}},
    {"choice_of_type", "Patient.multipleBirth.ofType(FHIR.integer)", {"2"}},
    {"json_name_is_no_path", "Patient.deceasedBoolean", {}},
    {"is", "Patient.deceased is boolean", {"true"}},
    {"is_ancestor", "Patient is DomainResource", {"true"}},
    {"is_other", "Patient is Observation", {"false"}},
    {"where", "Patient.name.where(use='official').family", {"山田"}},
    {"where_nothing", "name.where(use='old')", {}},
    {"where_empty_is_no", "name.where(period.start = '2020').family", {}},
    {"where_index", "name.where($index = 1).family", {"鈴木"}},
    {"this", "name.given.where($this = 'Hana')", {"Hana"}},
    {"index", "name[1].family", {"鈴木"}},
    {"index_beyond", "name[7]", {}},
    {"first_and_last", "name.given.first() | name.given.last()", {"花子", "Hana"}},
    {"tail", "name.given.tail()", {"Hana"}},
    {"exists", "name.exists()", {"true"}},
    {"exists_with", "name.exists(family = '佐藤')", {"false"}},
    {"empty", "photo.empty()", {"true"}},
    {"all", "name.all(family.exists())", {"true"}},
    {"not", "active.not()", {"false"}},
    {"count", "name.given.count()", {"2"}},
    {"select", "name.select(family)", {"山田", "鈴木"}},
    {"select_keeps_doubles_of_different_items",
     "name.select(family | %resource.id).count()",
     {"4"}},
    {"take_and_skip", "name.given.take(1) | name.given.skip(1)", {"花子", "Hana"}},
    {"union_function", "name.given.union(name.given).count()", {"2"}},
    {"combine_keeps_doubles", "name.given.combine(name.given).count()", {"4"}},
    {"intersect_and_exclude",
     "name.given.intersect('Hana') | name.given.exclude('Hana')",
     {"Hana", "花子"}},
    {"iif", "iif(active, 'yes', 'no') & iif(photo.exists(), 'p')", {"yes"}},
    {"union_drops_doubles", "(name.given | name.given).count()", {"2"}},
    {"distinct", "name.select(%resource.active).distinct()", {"true"}},
    {"and_or", "active and (photo.exists() or name.exists())", {"true"}},
    {"unknown_and_false", "{} and false", {"false"}},
    {"unknown_and_true", "({} and true).empty()", {"true"}},
    {"unknown_or_true", "{} or true", {"true"}},
    {"implies", "photo.exists() implies false", {"true"}},
    {"xor", "true xor true", {"false"}},
    {"and_binds_tighter", "true or false and false", {"true"}},
    {"equal", "name[0].family = '山田'", {"true"}},
    {"equal_numbers_by_value", "extension.value.value = 1.5", {"true"}},
    {"equal_to_nothing_is_nothing", "(photo = 'x').empty()", {"true"}},
    {"not_equal", "deceased != false", {"false"}},
    {"not_equal_kinds", "id != false", {"true"}},
    {"equivalent", R"('A\tb' ~ 'a B')", {"true"}},
    {"less", "multipleBirth < 3", {"true"}},
    {"greater_or_equal_text", "'b' >= 'a'", {"true"}},
    {"in", "'Hana' in name.given", {"true"}},
    {"contains", "name.given contains 'Taro'", {"false"}},
    {"concatenate", "id & '/' & photo.title & 'x'", {"p1/x"}},
    {"extension", "extension('http://b').value", {"c"}},
    {"extension_of_a_primitive", "birthDate.extension('http://why').value", {"unknown"}},
    {"extension_of_one_of_several", "name[1].prefix.extension('u').value", {"x"}},
    {"has_value", "birthDate.hasValue()", {"false"}},
    {"resolve_contained", "managingOrganization.resolve().name", {"みなと病院"}},
    {"resolve_by_type",
     "generalPractitioner.where(resolve() is Practitioner).reference",
     {"Practitioner/1"}},
    {"resolve_absolute_with_version",
     "generalPractitioner.where(resolve() is PractitionerRole).reference.count()",
     {"1"}},
    {"resolve_by_type_element",
     "generalPractitioner.where(resolve() is Organization).identifier.value",
     {"4"}},
    {"texts", "name[0].given[1].lower() & id.upper()", {"hanaP1"}},
    {"text_tests", "id.startsWith('p') and id.endsWith('1') and id.contains('p1')", {"true"}},
    {"escapes", R"('a\'\u5c71\\')", {"a'山\\"}},
    {"comments", "id // the id\n /* and\n more */", {"p1"}},
    {"delimited", "`name`.family.first()", {"山田"}},
    {"date_literal", "@2020-05-01 > @2020-04-01", {"true"}},
    {"nothing", "{}", {}},
};

class Expressions : public ::testing::TestWithParam<Case> {};
TEST_P(Expressions, evaluate) {
  const auto resource = document(patient);
  const auto compiled = Expression::compile(definitions(), GetParam().expression);
  ASSERT_TRUE(compiled) << compiled.error().message << " " << compiled.error().location;
  json::Arena arena;
  const auto item = root(definitions(), resource.root);
  const auto items = compiled->evaluate(item, item, arena);
  ASSERT_TRUE(items) << items.error().message;
  std::vector<std::string> values;
  for (const auto& each : *items) {
    const auto& value = each.value;
    values.emplace_back(value.is_boolean() ? (value.boolean() ? "true" : "false")
                                           : std::string(value.text()));
  }
  EXPECT_EQ(values, GetParam().values);
}
INSTANTIATE_TEST_SUITE_P(Path, Expressions, ::testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

struct Refused {
  const char* name;
  std::string expression;
  const char* says;
  const char* location;
};
void PrintTo(const Refused& each, std::ostream* out) {
  *out << each.expression;
}

std::string long_chain(int steps) {
  std::string out;
  for (int i = 0; i < steps; ++i)
    out += ".a";
  return out;
}

const Refused refusals[] = {
    {"empty", "", "ends too early", "character 1"},
    {"half_a_path", "name.", "ends too early", "character 6"},
    {"open_parenthesis", "(name", ") should stand here", "character 6"},
    {"two_paths", "name family", "'family' is not expected", "character 6"},
    {"unknown_function", "name.wher(true)", "nearest is 'where'", "character 6"},
    {"unknown_function_far_from_any", "name.frobnicateAll()", "no function 'frobnicateAll' here.",
     "character 6"},
    {"unknown_type", "value as Quantty", "no type 'Quantty'", "character 10"},
    {"unknown_variable", "%resorce", "nearest is %resource", "character 2"},
    {"too_many_arguments", "name.first(1)", "first() takes 0 arguments", "character 6"},
    {"wrong_pattern", "id.matches('a(')", "wrong at its character", "character 12"},
    {"impossible_date", "birthDate < @2019-02-30", "no date or time", "character 14"},
    {"number_too_long", std::string(50, '7'), "at most 38 digits", "character 1"},
    {"signs_too_deep", std::string(100, '-') + "1", "signs in a row", "character 64"},
    {"open_string", "'abc", "closing '", "character 1"},
    {"open_comment", "name /* x", "comment has no end", "character 6"},
    {"strange_character", "name # x", "no meaning", "character 6"},
    {"too_deep", std::string(100, '(') + "1" + std::string(100, ')'), "deeper than",
     "character 65"},
    {"too_many_steps", "id" + long_chain(600), "More than 500 steps", "character 1000"},
    {"double_quotes", "id = \"a\"", "not in double quotes", "character 6"},
    {"too_long", std::string(20'000, 'a'), "longer than", "character 16384"},
};
class RefusedExpressions : public ::testing::TestWithParam<Refused> {};
TEST_P(RefusedExpressions, name_the_place) {
  const auto compiled = Expression::compile(definitions(), GetParam().expression);
  ASSERT_FALSE(compiled);
  EXPECT_NE(compiled.error().message.find(GetParam().says), std::string::npos)
      << compiled.error().message;
  EXPECT_EQ(compiled.error().location, GetParam().location);
}
INSTANTIATE_TEST_SUITE_P(Path, RefusedExpressions, ::testing::ValuesIn(refusals),
                         [](const auto& info) { return info.param.name; });

TEST(Expression, stops_at_its_bound) {
  std::string crowd = R"({"resourceType":"Patient","name":[)";
  for (int i = 0; i < 2000; ++i)
    crowd += R"({"family":"a"},)";
  crowd += R"({"family":"b"}]})";
  const auto resource = document(crowd);
  const auto compiled = Expression::compile(
      definitions(), "name.select(%resource.name.select(%resource.name.family)).count()");
  json::Arena arena;
  const auto item = root(definitions(), resource.root);
  const auto items = compiled->evaluate(item, item, arena);
  ASSERT_FALSE(items);
  EXPECT_EQ(items.error().kind, Error::Kind::too_costly);
}

}  // namespace
}  // namespace tasuki::fhir::path
