#include <fmt/core.h>
#include <gmock/gmock.h>

#include <set>

#include "ask.h"
#include "fhir/path/expression.h"
#include "fhir/search/escape.h"
#include "fhir/search/match.h"
#include "fhir/search/plan.h"
#include "fhir/search/value.h"
#include "reference_set.h"

namespace tasuki::fhir::search {
namespace {

using testing::definitions;
using testing::document;

TEST(Plan, compiles_every_expression_of_the_r4_search_parameters) {
  size_t count = 0;
  for (const auto& parameter : definitions().search_parameters()) {
    if (parameter.expression.empty()) continue;
    ++count;
    const auto compiled = path::Expression::compile(definitions(), parameter.expression);
    EXPECT_TRUE(compiled) << parameter.url << ": " << compiled.error().message;
    for (const auto& component : parameter.components) {
      const auto part = path::Expression::compile(definitions(), component.expression);
      EXPECT_TRUE(part) << parameter.url << ": " << part.error().message;
    }
  }
  EXPECT_GE(count, 1370U);
  RecordProperty("expressions", std::to_string(count));
}

TEST(Plan, leaves_out_only_what_has_no_expression) {
  std::set<std::string> gaps;
  for (const auto type : definitions().resource_types()) {
    for (const auto& gap : plan_of(definitions(), type).gaps())
      gaps.insert(std::string(gap.parameter->code) + " " + gap.reason);
  }
  EXPECT_EQ(gaps, (std::set<std::string>{"_content has no expression", "_query has no expression",
                                         "_text has no expression"}));
}

// A request made from a value must find the resource the value came from: extraction, parsing and
// matching agree.
struct Round {
  size_t resources = 0, values = 0;
  std::vector<std::string> lost;
};

void ask_for(TypeId type, const json::Value& resource, const Extracted& extracted,
             const Value& value, Round& round) {
  const auto asked = testing::ask(value);
  const auto text = percent_encoded(extracted.parameter->code) + asked.modifier + "=" +
                    percent_encoded(asked.value);
  const auto query = parse(definitions(), type, text);
  ++round.values;
  const bool found = query && matches(definitions(), type, resource, query->criteria.at(0));
  if (!found)
    round.lost.push_back(fmt::format("{}/{}?{}: {}", definitions().name(type),
                                     resource.text_of("id"), text,
                                     query ? "not found" : query.error().message));
}

TEST(Extract, says_what_finds_every_official_example_again) {
  const auto files = testing::example_files();
  if (files.empty()) GTEST_SKIP() << "fhir-examples-r4 is absent";
  Round round;
  for (const auto& file : files) {
    const auto text = testing::file_text(file);
    const auto example = document(text);
    const auto type = definitions().resource_type(example.root.text_of("resourceType"));
    if (!type) continue;
    ++round.resources;
    for (const auto& extracted : extract(definitions(), *type, example.root)) {
      for (const auto& value : extracted.values)
        ask_for(*type, example.root, extracted, value, round);
    }
  }
  RecordProperty("values", std::to_string(round.values));
  EXPECT_GT(round.resources, 500U);
  EXPECT_GT(round.values, 6900U);
  EXPECT_THAT(round.lost, ::testing::IsEmpty());
}

struct Case {
  const char* name;
  const char* resource;
  const char* parameter;
  std::vector<std::string> says;
};
void PrintTo(const Case& each, std::ostream* out) {
  *out << each.parameter;
}

const Case cases[] = {
    // clang-format off
    {"code_has_the_system_of_its_required_binding", R"({"resourceType":"Patient","gender":"female"})", "gender", {"http://hl7.org/fhir/administrative-gender|female"}},
    {"boolean", R"({"resourceType":"Patient","active":true})", "active", {"|true"}},
    {"coding", R"({"resourceType":"Patient","meta":{"tag":[{"system":"s","code":"c","display":"d"}]}})", "_tag", {"s|c (d)"}},
    {"concept_with_two_codings_and_text", R"({"resourceType":"Observation","code":{"coding":[{"system":"a","code":"1"},{"system":"b","code":"2","display":"x"}],"text":"血圧"}})", "code", {"a|1 (血圧)", "b|2 (x)", "| (血圧)"}},
    {"concept_with_text_alone", R"({"resourceType":"Observation","code":{"text":"血圧"}})", "code", {"| (血圧)"}},
    {"identifier", R"({"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2","value":"0001","type":{"text":"診察券"}}]})", "identifier", {"urn:oid:1.2|0001 (診察券)"}},
    {"telecom_by_system", R"({"resourceType":"Patient","telecom":[{"system":"phone","value":"03-1"},{"system":"email","value":"a@b"}]})", "phone", {"|03-1"}},
    {"telecom_of_any_system", R"({"resourceType":"Patient","telecom":[{"system":"phone","value":"03-1"},{"system":"email","value":"a@b"}]})", "telecom", {"|03-1", "|a@b"}},
    {"dead_by_date", R"({"resourceType":"Patient","deceasedDateTime":"2020"})", "deceased", {"|true"}},
    {"dead_by_boolean", R"({"resourceType":"Patient","deceasedBoolean":true})", "deceased", {"|true"}},
    {"not_dead", R"({"resourceType":"Patient","deceasedBoolean":false})", "deceased", {"|false"}},
    {"nothing_about_death", R"({"resourceType":"Patient"})", "deceased", {"|false"}},
    {"name_parts_and_whole", R"({"resourceType":"Patient","name":[{"family":"山田","given":["花子"]}]})", "name", {"山田", "花子", "山田 花子"}},
    {"name_with_text", R"({"resourceType":"Patient","name":[{"text":"山田 花子","family":"山田","given":["花子"]}]})", "name", {"山田", "花子", "山田 花子"}},
    {"family_alone", R"({"resourceType":"Patient","name":[{"family":"山田","given":["花子"]}]})", "family", {"山田"}},
    {"address_parts_and_whole", R"({"resourceType":"Patient","address":[{"state":"東京都","city":"港区","line":["芝1-1"],"postalCode":"105-0014"}]})", "address", {"芝1-1", "港区", "東京都", "105-0014", "東京都 港区 芝1-1"}},
    {"id", R"({"resourceType":"Patient","id":"p1"})", "_id", {"|p1"}},
    {"last_updated", R"({"resourceType":"Patient","meta":{"lastUpdated":"2024-05-01T09:00:00.123+09:00"}})", "_lastUpdated", {"2024-05-01T00:00:00.123000Z..2024-05-01T00:00:00.124000Z"}},
    {"profile_with_and_without_version", R"({"resourceType":"Patient","meta":{"profile":["http://p|1.2"]}})", "_profile", {"http://p|1.2", "http://p"}},
    {"source", R"({"resourceType":"Patient","meta":{"source":"urn:x"}})", "_source", {"urn:x"}},
    {"security", R"({"resourceType":"Patient","meta":{"security":[{"system":"s","code":"R"}]}})", "_security", {"s|R"}},
    {"year", R"({"resourceType":"Patient","birthDate":"1944"})", "birthdate", {"1943-12-31T15:00:00.000000Z..1944-12-31T15:00:00.000000Z"}},
    {"month", R"({"resourceType":"Patient","birthDate":"1944-02"})", "birthdate", {"1944-01-31T15:00:00.000000Z..1944-02-29T15:00:00.000000Z"}},
    {"day_in_japan", R"({"resourceType":"Patient","birthDate":"1944-02-29"})", "birthdate", {"1944-02-28T15:00:00.000000Z..1944-02-29T15:00:00.000000Z"}},
    {"second_with_zone", R"({"resourceType":"Observation","effectiveDateTime":"2024-05-01T10:00:00-05:00"})", "date", {"2024-05-01T15:00:00.000000Z..2024-05-01T15:00:01.000000Z"}},
    {"period_without_end", R"({"resourceType":"Observation","effectivePeriod":{"start":"2024-05-01T00:00:00Z"}})", "date", {"2024-05-01T00:00:00.000000Z.."}},
    {"period_without_start", R"({"resourceType":"Observation","effectivePeriod":{"end":"2024-05-01T00:00:00Z"}})", "date", {"..2024-05-01T00:00:01.000000Z"}},
    {"timing_has_outer_limits", R"({"resourceType":"Observation","effectiveTiming":{"event":["2024-05-03","2024-05-01"]}})", "date", {"2024-04-30T15:00:00.000000Z..2024-05-03T15:00:00.000000Z"}},
    {"no_date", R"({"resourceType":"Observation","effectiveDateTime":"yesterday"})", "date", {}},
    {"quantity", R"({"resourceType":"Observation","valueQuantity":{"value":6.30,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"}})", "value-quantity", {"6.3|http://unitsofmeasure.org|mmol/L (mmol/l)"}},
    {"sampled_data_from_least_to_most", R"({"resourceType":"Observation","valueSampledData":{"origin":{"value":10,"code":"mV"},"period":1,"factor":2,"dimensions":1,"data":"E -3 U 4.5 L"}})", "value-quantity", {"4..19||mV ()"}},
    {"range_as_quantity", R"({"resourceType":"Condition","onsetRange":{"low":{"value":40,"code":"a"},"high":{"value":50,"code":"a"}}})", "onset-age", {"40..50||a ()"}},
    {"range_without_low", R"({"resourceType":"Condition","onsetRange":{"high":{"value":50,"code":"a"}}})", "onset-age", {"-inf..50||a ()"}},
    {"money", R"({"resourceType":"Invoice","totalNet":{"value":1200,"currency":"JPY"}})", "totalnet", {"1200|urn:iso:std:iso:4217|JPY (JPY)"}},
    {"number", R"({"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":0.02},{"probabilityRange":{"low":{"value":0.1},"high":{"value":0.2}}}]})", "probability", {"0.02", "0.1..0.2"}},
    {"reference", R"({"resourceType":"Observation","subject":{"reference":"Patient/p1"}})", "subject", {"Patient/p1"}},
    {"reference_to_patient", R"({"resourceType":"Observation","subject":{"reference":"Patient/p1"}})", "patient", {"Patient/p1"}},
    {"reference_to_a_group_is_no_patient", R"({"resourceType":"Observation","subject":{"reference":"Group/p1"}})", "patient", {}},
    {"reference_elsewhere", R"({"resourceType":"Observation","subject":{"reference":"http://x/fhir/Patient/1"}})", "patient", {"http://x/fhir/Patient/1"}},
    {"reference_to_a_version", R"({"resourceType":"Observation","subject":{"reference":"Patient/p1/_history/2"}})", "subject", {"Patient/p1 version 2"}},
    {"reference_by_identifier", R"({"resourceType":"Observation","subject":{"type":"Patient","identifier":{"system":"s","value":"v"}}})", "patient", {" identifier s|v"}},
    {"reference_inside_is_left_out", R"({"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"x"}],"subject":{"reference":"#x"}})", "subject", {}},
    {"reference_by_uuid", R"({"resourceType":"Observation","subject":{"reference":"urn:uuid:1"}})", "subject", {"urn:uuid:1"}},
    {"canonical", R"({"resourceType":"QuestionnaireResponse","questionnaire":"http://q|2"})", "questionnaire", {"http://q version 2"}},
    {"reference_or_uri", R"({"resourceType":"ConceptMap","sourceUri":"http://s"})", "source-uri", {"http://s"}},
    {"first_entry_of_a_document", R"({"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Composition","id":"d"}}]})", "composition", {"Composition/c"}},
    {"combo_is_said_by_its_two_sides_alone", R"({"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"component":[{"code":{"coding":[{"code":"b"}]}}]})", "combo-code", {}},
    {"text_of_a_concept", R"({"resourceType":"Observation","valueCodeableConcept":{"text":"陽性"}})", "value-string", {"陽性"}},
    {"composite", R"({"resourceType":"Observation","code":{"coding":[{"system":"l","code":"a"}]},"valueQuantity":{"value":1,"code":"mg"}})", "code-value-quantity", {"l|a $ 1||mg ()"}},
    {"composite_of_parts_that_belong_together", R"({"resourceType":"Observation","component":[{"code":{"coding":[{"code":"sys"}]},"valueQuantity":{"value":120}},{"code":{"coding":[{"code":"dia"}]},"valueQuantity":{"value":80}}]})", "component-code-value-quantity", {"|sys $ 120|| ()", "|dia $ 80|| ()"}},
    {"composite_without_a_part", R"({"resourceType":"Observation","code":{"coding":[{"code":"a"}]}})", "code-value-quantity", {}},
    {"composite_with_a_date", R"({"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"valueDateTime":"2024-05-01T00:00:00Z"})", "code-value-date", {"|a $ 2024-05-01T00:00:00.000000Z..2024-05-01T00:00:01.000000Z"}},
    {"composite_reaching_up", R"({"resourceType":"MolecularSequence","referenceSeq":{"chromosome":{"coding":[{"code":"1"}]}},"variant":[{"start":5,"end":6}]})", "chromosome-variant-coordinate", {"|1 $ 5 $ 6"}},
    {"only_an_extension", R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCode":"unknown"}]}})", "birthdate", {}},
    // clang-format on
};

class ExtractedValues : public ::testing::TestWithParam<Case> {};
TEST_P(ExtractedValues, are_what_the_resource_says) {
  const auto resource = document(GetParam().resource);
  const auto type = *definitions().resource_type(resource.root.text_of("resourceType"));
  std::vector<std::string> said;
  for (const auto& extracted : extract(definitions(), type, resource.root)) {
    if (extracted.parameter->code != GetParam().parameter) continue;
    for (const auto& value : extracted.values)
      said.push_back(testing::tell(value));
  }
  EXPECT_EQ(said, GetParam().says);
}
INSTANTIATE_TEST_SUITE_P(Extract, ExtractedValues, ::testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::fhir::search
