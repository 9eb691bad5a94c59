#include "fhir/search/match.h"

#include "reference_set.h"

namespace tasuki::fhir::search {
namespace {

using testing::definitions;
using testing::document;

constexpr std::string_view patient =
    R"({"resourceType":"Patient","id":"p1","active":true,"gender":"female",
  "meta":{"profile":["http://p/a|1.0"],"source":"http://x/fhir/feed/1"},
  "identifier":[{"system":"urn:oid:1.2","value":"0001","type":{"text":"診察券番号"}},{"value":"bare"}],
  "name":[{"family":"髙橋","given":["花子"],"text":"髙橋　花子"},{"family":"タカハシ","given":["ハナコ"]}],
  "birthDate":"1944-05-17","managingOrganization":{"reference":"Organization/o1"},
  "generalPractitioner":[{"reference":"http://other/fhir/Practitioner/9"},{"identifier":{"system":"urn:npi","value":"77"}}]})";

constexpr std::string_view observation =
    R"({"resourceType":"Observation","id":"o1","status":"final",
  "code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic blood pressure"}],"text":"収縮期血圧"},
  "subject":{"reference":"Patient/p1/_history/3"},
  "effectivePeriod":{"start":"2024-05-01T09:00:00+09:00","end":"2024-05-03T09:00:00+09:00"},
  "valueQuantity":{"value":5.40,"unit":"ミリグラム","system":"http://unitsofmeasure.org","code":"mg"}})";

constexpr std::string_view open_ended =
    R"({"resourceType":"Observation","effectivePeriod":{"start":"2024-05-01"},
  "valueQuantity":{"value":100,"unit":"mmHg"}})";

constexpr std::string_view risk =
    R"({"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":0.85}]})";
constexpr std::string_view risk_range =
    R"({"resourceType":"RiskAssessment","prediction":[{"probabilityRange":{"low":{"value":0.2},"high":{"value":0.4}}}]})";
constexpr std::string_view value_set =
    R"({"resourceType":"ValueSet","url":"http://x/fhir/ValueSet/a"})";

struct Case {
  const char* name;
  std::string_view resource;
  const char* question;
  bool holds;
};
void PrintTo(const Case& each, std::ostream* out) {
  *out << each.question;
}

const Case cases[] = {
    // strings: search.html#string
    {"string_begins", patient, "family=髙", true},
    {"string_old_kanji_are_the_new_ones", patient, "name=高橋", true},
    {"string_space_does_not_count", patient, "name=高橋花子", true},
    {"string_half_width_kana", patient, "name=ﾀｶﾊｼ", true},
    {"string_hiragana", patient, "given=はなこ", true},
    {"string_does_not_end", patient, "family=橋", false},
    {"string_contains", patient, "family:contains=橋", true},
    {"string_exact", patient, "family:exact=髙橋", true},
    {"string_exact_keeps_kanji_apart", patient, "family:exact=高橋", false},
    {"string_exact_is_whole", patient, "family:exact=髙", false},
    {"string_or", patient, "family=鈴木,高橋", true},
    {"string_missing", patient, "family:missing=false", true},
    {"string_not_missing", patient, "address:missing=true", true},
    {"string_missing_but_there", patient, "family:missing=true", false},
    // tokens: search.html#token
    {"token_code", patient, "gender=female", true},
    {"token_implicit_system", patient, "gender=http://hl7.org/fhir/administrative-gender|female",
     true},
    {"token_other_system", patient, "gender=http://x|female", false},
    {"token_no_system", patient, "identifier=|bare", true},
    {"token_no_system_but_it_has", patient, "identifier=|0001", false},
    {"token_any_code", patient, "identifier=urn:oid:1.2|", true},
    {"token_any_code_of_another", patient, "identifier=urn:oid:1.3|", false},
    {"token_boolean", patient, "active=true", true},
    {"token_not", patient, "gender:not=male", true},
    {"token_not_but_is", patient, "gender:not=female", false},
    {"token_not_where_nothing_is", open_ended, "code:not=x", true},
    {"token_not_any_of", patient, "gender:not=male,female", false},
    {"token_text_of_display", observation, "code:text=systolic", true},
    {"token_text_of_concept", observation, "code:text=収縮期", true},
    {"token_text_of_identifier_type", patient, "identifier:text=診察券", true},
    {"token_text_of_something_else", observation, "code:text=dia", false},
    // dates: search.html#date
    {"date_same_day", patient, "birthdate=1944-05-17", true},
    {"date_in_month", patient, "birthdate=1944-05", true},
    {"date_in_year", patient, "birthdate=1944", true},
    {"date_finer_does_not_contain", patient, "birthdate=1944-05-17T10:00:00", false},
    {"date_other_day", patient, "birthdate=1944-05-18", false},
    {"date_ne", patient, "birthdate=ne1944-05-18", true},
    {"date_ne_but_is", patient, "birthdate=ne1944-05", false},
    {"date_gt_day_before", patient, "birthdate=gt1944-05-16", true},
    {"date_gt_same", patient, "birthdate=gt1944-05-17", false},
    {"date_gt_within_the_day", patient, "birthdate=gt1944-05-17T10:00:00", true},
    {"date_ge_same", patient, "birthdate=ge1944-05-17", true},
    {"date_lt_same", patient, "birthdate=lt1944-05-17", false},
    {"date_le_same", patient, "birthdate=le1944-05-17", true},
    {"date_lt_next", patient, "birthdate=lt1944-05-18", true},
    {"date_ap", patient, "birthdate=ap1945", true},
    {"date_ap_far", patient, "birthdate=ap2020", false},
    {"period_eq_needs_all_of_it", observation, "date=2024-05-01", false},
    {"period_eq_month", observation, "date=2024-05", true},
    {"period_gt_overlaps", observation, "date=gt2024-05-02", true},
    {"period_lt_overlaps", observation, "date=lt2024-05-02", true},
    {"period_sa", observation, "date=sa2024-04-30", true},
    {"period_sa_overlaps", observation, "date=sa2024-05-01", false},
    {"period_eb", observation, "date=eb2024-05-04", true},
    {"period_eb_overlaps", observation, "date=eb2024-05-03", false},
    {"open_period_gt_anything", open_ended, "date=gt2999", true},
    {"open_period_is_in_no_year", open_ended, "date=2024", false},
    {"open_period_le_start", open_ended, "date=le2024-05-01", false},
    {"open_period_le_after_start", open_ended, "date=le2024-05-02", true},
    // numbers: search.html#number
    {"number_as_written", risk, "probability=0.85", true},
    {"number_less_precise", risk, "probability=0.9", true},
    {"number_more_precise", risk, "probability=0.850", true},
    {"number_outside", risk, "probability=0.8", false},
    {"number_gt_is_exact", risk, "probability=gt0.85", false},
    {"number_gt", risk, "probability=gt0.84", true},
    {"number_ge", risk, "probability=ge0.85", true},
    {"number_lt", risk, "probability=lt0.85", false},
    {"number_le", risk, "probability=le0.85", true},
    {"number_ne", risk, "probability=ne0.9", false},
    {"number_ap", risk, "probability=ap0.8", true},
    {"number_ap_far", risk, "probability=ap0.7", false},
    {"number_exponent", risk, "probability=8.5e-1", true},
    {"range_gt_overlaps", risk_range, "probability=gt0.3", true},
    {"range_sa", risk_range, "probability=sa0.1", true},
    {"range_sa_overlaps", risk_range, "probability=sa0.3", false},
    {"range_eq_needs_all_of_it", risk_range, "probability=0.3", false},
    // quantities: search.html#quantity
    {"quantity_alone", observation, "value-quantity=5.4", true},
    {"quantity_coded", observation, "value-quantity=5.4|http://unitsofmeasure.org|mg", true},
    {"quantity_by_code", observation, "value-quantity=5.40||mg", true},
    {"quantity_by_unit", observation, "value-quantity=5.40||ミリグラム", true},
    {"quantity_other_unit", observation, "value-quantity=5.4|http://unitsofmeasure.org|g", false},
    {"quantity_ge", observation, "value-quantity=ge5.4|http://unitsofmeasure.org|mg", true},
    {"quantity_implicit_range", open_ended, "value-quantity=1e2", true},
    {"quantity_hundred", open_ended, "value-quantity=100.4", false},
    {"quantity_written_finer", open_ended, "value-quantity=100.00||mmHg", true},
    // references: search.html#reference
    {"reference_typed", observation, "subject=Patient/p1", true},
    {"reference_bare", observation, "subject=p1", true},
    {"reference_by_modifier", observation, "subject:Patient=p1", true},
    {"reference_by_other_modifier", observation, "subject:Group=p1", false},
    {"reference_version", observation, "subject=Patient/p1/_history/3", true},
    {"reference_other_version", observation, "subject=Patient/p1/_history/2", false},
    {"reference_other_type", observation, "subject=Group/p1", false},
    {"reference_absolute", patient, "general-practitioner=http://other/fhir/Practitioner/9", true},
    {"reference_absolute_is_not_local", patient, "general-practitioner=Practitioner/9", false},
    {"reference_identifier", patient, "general-practitioner:identifier=urn:npi|77", true},
    {"reference_other_identifier", patient, "general-practitioner:identifier=urn:npi|78", false},
    {"reference_missing", observation, "encounter:missing=true", true},
    // uris: search.html#uri
    {"uri_whole", patient, "_source=http://x/fhir/feed/1", true},
    {"uri_part", patient, "_source=http://x/fhir", false},
    {"quantity_in_another_unit", observation, "value-quantity=0.0054|http://unitsofmeasure.org|g",
     true},
    {"quantity_more_in_another_unit", observation,
     "value-quantity=gt5|http://unitsofmeasure.org|ug", true},
    {"quantity_less_in_another_unit", observation,
     "value-quantity=lt5|http://unitsofmeasure.org|ug", false},
    {"quantity_of_another_kind", observation, "value-quantity=5.4|http://unitsofmeasure.org|mm",
     false},
    {"status_in_a_value_set", observation,
     "status:in=http://hl7.org/fhir/ValueSet/observation-status", true},
    {"status_not_in_a_value_set", observation,
     "status:not-in=http://hl7.org/fhir/ValueSet/observation-status", false},
    {"filter_and", observation, "_filter=code eq 8480-6 and status eq final", true},
    {"filter_from_left_to_right", observation,
     "_filter=status eq x and code eq y or code eq 8480-6", true},
    {"filter_not", observation, "_filter=not (code eq 8480-6)", false},
    {"filter_ends_with", patient, "_filter=family ew 橋", true},
    {"filter_equal_is_whole", patient, "_filter=family eq 高", false},
    {"filter_unequal_of_any", patient, "_filter=family ne 高橋", true},
    {"filter_overlap", observation, "_filter=date po 2024-05-02", true},
    {"filter_present", patient, "_filter=gender pr true", true},
    {"uri_below", patient, "_source:below=http://x/fhir", true},
    {"uri_above", value_set, "url:above=http://x/fhir/ValueSet/a/b", true},
    {"uri_above_itself_shorter", value_set, "url:above=http://x/fhir", false},
    {"profile_without_version", patient, "_profile=http://p/a", true},
    {"profile_with_version", patient, "_profile=http://p/a|1.0", true},
    {"profile_with_other_version", patient, "_profile=http://p/a|2.0", false},
    // composites: search.html#composite
    {"composite_both", observation, "code-value-quantity=http://loinc.org|8480-6$ge5", true},
    {"composite_one", observation, "code-value-quantity=http://loinc.org|8480-6$gt6", false},
    {"composite_other", observation, "code-value-quantity=8462-4$ge5", false},
    // chains: only this side
    {"chain_may", observation, "subject:Patient.name=x", true},
    {"chain_cannot", observation, "subject:Group.identifier=x", false},
    {"has_may", patient, "_has:Observation:patient:code=x", true},
};

class Matching : public ::testing::TestWithParam<Case> {};
TEST_P(Matching, decides) {
  const auto resource = document(GetParam().resource);
  const auto type = *definitions().resource_type(resource.root.text_of("resourceType"));
  const auto query = parse(definitions(), type, GetParam().question);
  ASSERT_TRUE(query) << query.error().message;
  const Subject subject{type, resource.root.text_of("id"), resource.root, 0};
  const bool holds = query->filters.empty() ? matches(definitions(), subject, query->criteria.at(0))
                                            : matches(definitions(), subject, query->filters.at(0));
  EXPECT_EQ(holds, GetParam().holds);
}
INSTANTIATE_TEST_SUITE_P(Match, Matching, ::testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::fhir::search
