#include "fhir/search/query.h"

#include "reference_set.h"

namespace tasuki::fhir::search {
namespace {

using testing::definitions;

Result<Query> parse_for(std::string_view type, std::string_view text) {
  if (type.empty()) return parse(definitions(), std::nullopt, text);
  return parse(definitions(), definitions().resource_type(type), text);
}

struct Refused {
  const char* name;
  const char* type;
  const char* text;
  Error::Kind kind;
  const char* says;  // part of the message
};
void PrintTo(const Refused& each, std::ostream* out) {
  *out << each.text;
}

using enum Error::Kind;
const Refused refusals[] = {
    {"unknown_parameter", "Patient", "nam=x", invalid, "'nam' of Patient; the nearest is 'name'"},
    {"unknown_special", "Patient", "_lastUpdate=2024", invalid, "'_lastUpdated'"},
    {"parameter_of_another_type", "Patient", "code=x", invalid, "'code' of Patient"},
    {"no_value", "Patient", "name=", invalid, "name has an empty value"},
    {"no_equals", "Patient", "name", invalid, "name=value"},
    {"empty_piece", "Patient", "name=a,", invalid, "empty value"},
    {"broken_percent", "Patient", "name=%4", invalid, "two hexadecimal digits"},
    {"not_utf8", "Patient", "name=%ff", invalid, "UTF-8"},
    {"zero_byte", "Patient", "name=a%00b", invalid, "zero bytes"},
    {"broken_escape", "Patient", "name=a%5Cb", invalid, "After \\"},
    {"bad_date", "Patient", "birthdate=2024-13-01", invalid,
     "'2024-13-01' is no value for birthdate: a date"},
    {"day_that_is_not", "Patient", "birthdate=2023-02-29", invalid, "no value for birthdate"},
    {"unknown_prefix", "Patient", "birthdate=xx2024", invalid, "no value for birthdate"},
    {"bad_number", "RiskAssessment", "probability=high", invalid, "a number should stand here"},
    {"bad_quantity", "Observation", "value-quantity=5.4|mg", invalid, "number|system|code"},
    {"quantity_without_code", "Observation", "value-quantity=5.4|http://unitsofmeasure.org|",
     invalid, "unit's code"},
    {"empty_token", "Observation", "code=|", invalid, "a code or a system"},
    {"too_many_bars", "Observation", "code=a|b|c", invalid, "a | in a code is \\|"},
    {"bad_reference", "Observation", "subject=a b", invalid, "Patient/123"},
    {"type_and_modifier_differ", "Observation", "subject:Patient=Group/1", invalid,
     "the modifier asks for Patient"},
    {"composite_with_one_part", "Observation", "code-value-quantity=8480-6", invalid,
     "2 values with $"},
    {"composite_with_bad_part", "Observation", "code-value-quantity=8480-6$high", invalid,
     "'high' is no value for value-quantity"},
    {"modifier_of_another_type", "Patient", "birthdate:exact=2024", invalid,
     "no modifier 'exact' on birthdate, which is a date"},
    {"unknown_modifier", "Patient", "name:exakt=x", invalid, "the nearest is 'exact'"},
    {"missing_wants_a_boolean", "Patient", "name:missing=yes", invalid, "true or false"},
    {"of_type_without_a_type", "Patient", "identifier:of-type=a", invalid, "system|code|value"},
    {"value_set_without_a_url", "Observation", "code:in=y", invalid, "the url of a value set"},
    {"near_nowhere", "Location", "near=135|139", invalid, "latitude|longitude|distance|unit"},
    {"near_in_an_unknown_unit", "Location", "near=35|139|5|parsec", invalid,
     "latitude|longitude|distance|unit"},
    {"full_text_that_is_not_closed", "Patient", "_text=(a", invalid, "A ( is not closed"},
    {"filter_without_a_value", "Patient", "_filter=name eq", invalid, "At character 8 of _filter"},
    {"filter_with_an_unknown_name", "Patient", "_filter=nam eq x", invalid,
     "the nearest is 'name'"},
    {"filter_with_an_unknown_operator", "Patient", "_filter=birthdate co x", invalid,
     "operator 'co' on birthdate"},
    {"filter_that_is_not_closed", "Patient", "_filter=(name eq x", invalid, ") should stand here"},
    {"elements_that_are_not_there", "Patient", "_elements=nam", invalid, "the nearest is 'name'"},
    {"summary_of_text_brings_nothing_along", "Patient", "_summary=text&_include=*", invalid,
     "does not go with"},
    {"summary_of_an_unknown_kind", "Patient", "_summary=most", invalid,
     "true, text, data, count or false"},
    {"contained_goes_with_one_type", "", "_contained=true", invalid, "goes with one type"},
    {"list_of_current_problems", "Condition", "_list=$current-problems", unsupported,
     "$current-problems"},
    {"hierarchy_where_there_is_none", "Observation", "subject:below=Patient/1", unsupported,
     "not part of one another"},
    {"hierarchy_of_an_untyped_id", "Observation", "performer:below=1", invalid,
     "the type should stand before the id"},
    {"bad_count", "Patient", "_count=many", invalid, "a whole number"},
    {"negative_count", "Patient", "_count=-1", invalid, "a whole number"},
    {"bad_total", "Patient", "_total=exact", invalid, "none, estimate or accurate"},
    {"sort_by_unknown", "Patient", "_sort=-nam", invalid, "the nearest is 'name'"},
    {"sort_twice", "Patient", "_sort=name&_sort=birthdate", invalid, "may stand once"},
    {"include_of_no_reference", "Patient", "_include=Observation:code", invalid, "not a reference"},
    {"include_without_parameter", "Patient", "_include=Observation", invalid, "Type:parameter"},
    {"include_of_unknown_type", "Patient", "_include=Observatio:subject", invalid,
     "the nearest is 'Observation'"},
    {"include_with_other_modifier", "Patient", "_include:recurse=Observation:subject", invalid,
     ":iterate"},
    {"type_in_a_type_search", "Patient", "_type=Patient", invalid, "already stands in the address"},
    {"chain_over_no_reference", "Observation", "code.name=x", invalid, "code is not a reference"},
    {"chain_to_unknown", "Observation", "subject:Patient.nam=x", invalid, "the nearest is 'name'"},
    {"chain_to_bad_value", "Observation", "subject:Patient.birthdate=x", invalid,
     "no value for birthdate"},
    {"chain_to_unknown_type", "Observation", "subject:Patiant.name=x", invalid,
     "the nearest is 'Patient'"},
    {"has_cut_short", "Patient", "_has:Observation:code=x", invalid,
     "_has:Type:reference:parameter"},
    {"has_that_leads_elsewhere", "Patient", "_has:Observation:encounter:code=x", invalid,
     "does not refer to what is searched"},
    {"chain_without_end", "Observation",
     "subject:Patient.link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.name=x",
     too_costly, "4 links"},
    {"system_search_by_type_parameter", "", "name=x", invalid, "for all types"},
};

class Refusals : public ::testing::TestWithParam<Refused> {};
TEST_P(Refusals, names_what_is_wrong_and_what_would_be_right) {
  const auto query = parse_for(GetParam().type, GetParam().text);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().kind, GetParam().kind) << query.error().message;
  EXPECT_NE(query.error().message.find(GetParam().says), std::string::npos)
      << query.error().message;
}
INSTANTIATE_TEST_SUITE_P(Query, Refusals, ::testing::ValuesIn(refusals),
                         [](const auto& info) { return info.param.name; });

struct Understood {
  const char* name;
  const char* type;
  const char* text;
  const char* self;
};
void PrintTo(const Understood& each, std::ostream* out) {
  *out << each.text;
}

const Understood understood[] = {
    {"nothing", "Patient", "", ""},
    {"ampersands_alone", "Patient", "&&", ""},
    {"percent_and_plus", "Patient", "name=%E5%B1%B1%E7%94%B0+%e8%8a%b1%E5%AD%90",
     "name=%E5%B1%B1%E7%94%B0%20%E8%8A%B1%E5%AD%90"},
    {"count_is_bounded", "Patient", "_count=99999999", "_count=10000"},
    {"token_with_system", "Observation", "code=http://loinc.org|8480-6",
     "code=http://loinc.org%7C8480-6"},
    {"escaped_comma", "Patient", "name=a%5C,b", "name=a%5C,b"},
    {"cursor_is_no_question", "Patient", "name=a&_cursor=abc", "name=a"},
    {"format_is_the_callers", "Patient", "_format=json&name=a&_pretty=true", "name=a"},
    {"type_first", "", "_lastUpdated=gt2024&_type=Patient,Observation",
     "_type=Patient,Observation&_lastUpdated=gt2024"},
    {"sort_and_includes", "Observation",
     "_sort=-date,_id&_include=Observation:subject:Patient&_revinclude:iterate=Provenance:target&_"
     "total=accurate",
     "_sort=-date,_id&_include=Observation:subject:Patient&_revinclude:iterate=Provenance:target&_"
     "total=accurate"},
};
class Selves : public ::testing::TestWithParam<Understood> {};
TEST_P(Selves, is_the_question_as_understood) {
  const auto query = parse_for(GetParam().type, GetParam().text);
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->self, GetParam().self);
  EXPECT_EQ(parse_for(GetParam().type, query->self)->self, query->self);
}
INSTANTIATE_TEST_SUITE_P(Query, Selves, ::testing::ValuesIn(understood),
                         [](const auto& info) { return info.param.name; });

TEST(Query, reads_prefix_and_precision_of_dates) {
  const auto query = parse_for("Patient", "birthdate=ge1944-05");
  const auto& operand = query->criteria.at(0).any_of.at(0);
  EXPECT_EQ(operand.prefix, Prefix::ge);
  EXPECT_EQ(std::get<Moment>(operand.value).to - std::get<Moment>(operand.value).from,
            int64_t{31} * 24 * 3600 * 1'000'000);
}

TEST(Query, takes_a_plus_in_a_date_that_the_encoding_ate) {
  const auto eaten = parse_for("Observation", "date=2024-05-01T09:00:00+09:00");
  const auto kept = parse_for("Observation", "date=2024-05-01T09:00:00%2B09:00");
  EXPECT_EQ(std::get<Moment>(eaten->criteria[0].any_of[0].value).from,
            std::get<Moment>(kept->criteria[0].any_of[0].value).from);
}

TEST(Query, splits_or_and_and_and_unescapes) {
  const auto query = parse_for("Patient", R"(name=a,b\,c&name=d)");
  ASSERT_EQ(query->criteria.size(), 2U);
  ASSERT_EQ(query->criteria[0].any_of.size(), 2U);
  EXPECT_EQ(std::get<Text>(query->criteria[0].any_of[1].value).written, "b,c");
}

TEST(Query, tells_the_forms_of_a_token_apart) {
  const auto query = parse_for("Observation", R"(code=a,|a,s|,s|a,a\|b)");
  const auto& forms = query->criteria[0].any_of;
  const auto token = [&](size_t i) { return std::get<Token>(forms.at(i).value); };
  EXPECT_TRUE(forms[0].any_system && !forms[0].any_code);
  EXPECT_TRUE(!forms[1].any_system && token(1).system.empty() && token(1).code == "a");
  EXPECT_TRUE(forms[2].any_code && token(2).system == "s");
  EXPECT_TRUE(!forms[3].any_system && !forms[3].any_code && token(3).system == "s" &&
              token(3).code == "a");
  EXPECT_EQ(token(4).code, "a|b");
}

TEST(Query, gives_a_bare_id_its_type_where_there_is_only_one) {
  const auto one = parse_for("Observation", "subject:Patient=1");
  const auto many = parse_for("Observation", "subject=1");
  EXPECT_EQ(std::get<Link>(one->criteria[0].any_of[0].value).type, "Patient");
  EXPECT_EQ(std::get<Link>(many->criteria[0].any_of[0].value).type, "");
}

TEST(Query, reads_parts_of_a_composite_each_with_its_prefix) {
  const auto query = parse_for("Observation", "code-value-quantity=http://loinc.org|8480-6$ge140");
  const auto& parts = query->criteria[0].any_of[0].parts;
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(std::get<Token>(parts[0].value).code, "8480-6");
  EXPECT_EQ(parts[1].prefix, Prefix::ge);
  EXPECT_TRUE(parts[1].any_system);
}

TEST(Query, keeps_of_an_untyped_chain_the_types_that_know_the_rest) {
  const auto query = parse_for("Observation", "subject.birthdate=1944");
  const auto& chain = query->criteria[0];
  ASSERT_EQ(chain.chain_types.size(), 1U);
  EXPECT_EQ(chain.chain_types[0], definitions().resource_type("Patient"));
  EXPECT_EQ(chain.chain[0].parameter->code, "birthdate");
}

TEST(Query, asks_each_type_of_a_chain_with_its_own_parameter) {
  const auto query = parse_for("Observation", "performer.name=x");
  const auto& chain = query->criteria[0];
  ASSERT_EQ(chain.chain.size(), chain.chain_types.size());
  EXPECT_GE(chain.chain.size(), 4U);
}

TEST(Query, nests_has) {
  const auto query =
      parse_for("Patient", "_has:Observation:patient:_has:Provenance:target:agent=Practitioner/1");
  ASSERT_TRUE(query) << query.error().message;
  const auto& outer = query->criteria[0];
  EXPECT_TRUE(outer.reverse && outer.chain[0].reverse);
  EXPECT_EQ(outer.chain[0].chain[0].parameter->code, "agent");
}

TEST(Query, takes_summary_count_as_the_total_alone) {
  const auto query = parse_for("Patient", "_summary=count");
  EXPECT_EQ(query->count, 0U);
  EXPECT_EQ(query->total, Total::accurate);
}

TEST(Query, is_bounded) {
  std::string many = "name=a";
  for (size_t i = 0; i < criteria_max; ++i)
    many += "&name=a";
  std::string wide = "name=a";
  for (size_t i = 0; i < operands_max; ++i)
    wide += ",a";
  EXPECT_EQ(parse_for("Patient", many).error().kind, too_costly);
  EXPECT_EQ(parse_for("Patient", wide).error().kind, too_costly);
  EXPECT_EQ(parse_for("Patient", "name=" + std::string(query_bytes_max, 'a')).error().kind,
            too_costly);
  EXPECT_EQ(parse_for("Provenance", "target.subject.subject.subject.subject.name=a").error().kind,
            too_costly);
}

}  // namespace
}  // namespace tasuki::fhir::search
