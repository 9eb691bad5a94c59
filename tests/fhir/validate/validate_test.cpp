#include "fhir/validate/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "json/parse.h"

namespace tasuki::fhir {
namespace {

std::vector<Finding> findings_of(std::string_view text) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document) << text;
  return validate(r4(), document->root);
}

// "code location", one for each finding.
std::string summary(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& one : findings)
    text += (text.empty() ? "" : "; ") + one.code + " " + one.location;
  return text;
}

struct Case {
  const char* name;
  const char* json;
  const char* expected;  // "code location; ...", empty: valid
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.json;
}

class Validate : public testing::TestWithParam<Case> {};

TEST_P(Validate, finds) {
  EXPECT_EQ(summary(findings_of(GetParam().json)), GetParam().expected);
}

// clang-format off
const Case cases[] = {
    // What it is
    {"a_resource_is_an_object",         R"([])", "structure Resource"},
    {"a_type_is_needed",                R"({"id":"a"})", "structure Resource"},
    {"the_type_must_exist",             R"({"resourceType":"Pateint"})", "structure Resource"},
    {"the_type_must_be_concrete",       R"({"resourceType":"DomainResource"})", "structure Resource"},
    {"vendor_types_do_not_exist",       R"({"resourceType":"ClientApplication"})", "structure Resource"},
    {"the_smallest_patient",            R"({"resourceType":"Patient"})", ""},
    // Names
    {"unknown_name",                    R"({"resourceType":"Patient","birthdate":"1944"})", "structure Patient.birthdate"},
    {"unknown_name_deep",               R"({"resourceType":"Patient","name":[{"famliy":"x"}]})", "structure Patient.name[0].famliy"},
    {"comments_are_not_r4",             R"({"resourceType":"Patient","fhir_comments":["x"]})", "structure Patient.fhir_comments"},
    {"no_resource_type_in_elements",    R"({"resourceType":"Patient","name":[{"resourceType":"HumanName"}]})", "structure Patient.name[0].resourceType"},
    // Cardinality
    {"repeating_needs_an_array",        R"({"resourceType":"Patient","name":{"text":"x"}})", "structure Patient.name"},
    {"single_is_no_array",              R"({"resourceType":"Patient","birthDate":["1944"]})", "structure Patient.birthDate"},
    {"empty_array",                     R"({"resourceType":"Patient","name":[]})", "structure Patient.name"},
    {"empty_object",                    R"({"resourceType":"Patient","name":[{}]})", "invariant Patient.name[0]"},
    {"an_id_is_no_content",             R"({"resourceType":"Patient","name":[{"id":"a"}]})", "invariant Patient.name[0]"},
    {"missing_elements",                R"({"resourceType":"Observation"})", "required Observation; required Observation"},
    {"a_choice_is_missed_once",         R"({"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"display":"x"}})", "required MedicationRequest"},
    {"required_with_extension_only",    R"({"resourceType":"Observation","_status":{"extension":[{"url":"http://x","valueCode":"unknown"}]},"code":{"text":"x"}})", ""},
    {"content_reference",               R"({"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"2","type":"group","item":[{"type":"group"}]}]}]})", "required Questionnaire.item[0].item[0].item[0]"},
    // Choices
    {"one_choice",                      R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}})", ""},
    {"two_choices",                     R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"a","valueInteger":1})", "structure Observation.value"},
    {"no_bare_choice",                  R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"value":"a"})", "structure Observation.value"},
    {"choice_not_offered",              R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueMoney":{"value":1}})", "structure Observation.valueMoney"},
    {"choice_with_its_sibling",         R"({"resourceType":"Patient","deceasedBoolean":true,"_deceasedBoolean":{"id":"a"}})", ""},
    {"choice_with_another_sibling",     R"({"resourceType":"Patient","deceasedBoolean":true,"_deceasedDateTime":{"id":"a"}})", "structure Patient.deceased"},
    // Primitives
    {"wrong_date",                      R"({"resourceType":"Patient","birthDate":"1944-02-30"})", "value Patient.birthDate"},
    {"number_for_text",                 R"({"resourceType":"Patient","name":[{"family":1}]})", "value Patient.name[0].family"},
    {"text_for_boolean",                R"({"resourceType":"Patient","active":"true"})", "value Patient.active"},
    {"object_for_text",                 R"({"resourceType":"Patient","name":[{"family":{"a":"b"}}]})", "structure Patient.name[0].family"},
    {"text_for_object",                 R"({"resourceType":"Patient","name":["x"]})", "structure Patient.name[0]"},
    {"resource_ids_are_ids",            R"({"resourceType":"Patient","id":"a_b"})", "value Patient.id"},
    {"element_ids_are_texts",           R"({"resourceType":"Patient","name":[{"id":"a_b","text":"x"}]})", ""},
    {"null_is_no_value",                R"({"resourceType":"Patient","birthDate":null})", "structure Patient.birthDate"},
    // Primitive siblings
    {"sibling",                         R"({"resourceType":"Patient","birthDate":"1944","_birthDate":{"id":"a","extension":[{"url":"http://x","valueString":"y"}]}})", ""},
    {"sibling_alone",                   R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://x","valueString":"y"}]}})", ""},
    {"sibling_alone_needs_more_than_id",R"({"resourceType":"Patient","_birthDate":{"id":"a"}})", "invariant Patient.birthDate"},
    {"sibling_is_an_object",            R"({"resourceType":"Patient","_birthDate":"x"})", "structure Patient.birthDate"},
    {"sibling_of_a_complex_element",    R"({"resourceType":"Patient","_name":[{"id":"a"}]})", "structure Patient._name"},
    {"nulls_that_match",                R"({"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"http://x","valueString":"y"}]}]}]})", ""},
    {"null_without_sibling",            R"({"resourceType":"Patient","name":[{"given":["a",null]}]})", "structure Patient.name[0].given[1]"},
    {"null_on_both_sides",              R"({"resourceType":"Patient","name":[{"given":["a",null],"_given":[{"id":"b"},null]}]})", "structure Patient.name[0].given[1]"},
    {"lengths_that_differ",             R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[{"id":"b"}]}]})", "structure Patient.name[0].given"},
    {"null_in_a_complex_array",         R"({"resourceType":"Patient","name":[null]})", "structure Patient.name[0]"},
    {"wrong_member_of_a_sibling",       R"({"resourceType":"Patient","birthDate":"1944","_birthDate":{"value":"x"}})", "structure Patient.birthDate.value"},
    // Bindings
    {"required_code",                   R"({"resourceType":"Patient","gender":"F"})", "code-invalid Patient.gender"},
    {"required_code_is_case_sensitive", R"({"resourceType":"Patient","gender":"Female"})", "code-invalid Patient.gender"},
    {"required_concept",                R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"gone"}]}})", "code-invalid AllergyIntolerance.clinicalStatus"},
    {"one_coding_of_several_will_do",   R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[{"system":"http://local","code":"1"},{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]}})", ""},
    {"a_coding_needs_its_system",       R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[{"code":"active"}]}})", "code-invalid AllergyIntolerance.clinicalStatus"},
    {"an_open_set_takes_any_code",      R"({"resourceType":"Binary","contentType":"application/x-anything"})", ""},
    // References
    {"relative_reference",              R"({"resourceType":"Condition","subject":{"reference":"Patient/p1"}})", ""},
    {"versioned_reference",             R"({"resourceType":"Condition","subject":{"reference":"Patient/p1/_history/2"}})", ""},
    {"absolute_reference",              R"({"resourceType":"Condition","subject":{"reference":"https://x/fhir/Patient/p1"}})", ""},
    {"absolute_reference_elsewhere",    R"({"resourceType":"Condition","subject":{"reference":"https://x/any/thing"}})", ""},
    {"uuid_reference",                  R"({"resourceType":"Condition","subject":{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}})", ""},
    {"logical_reference",               R"({"resourceType":"Condition","subject":{"type":"Patient","identifier":{"value":"1"}}})", ""},
    {"reference_without_a_type",        R"({"resourceType":"Condition","subject":{"reference":"p1"}})", "value Condition.subject.reference"},
    {"reference_to_no_type",            R"({"resourceType":"Condition","subject":{"reference":"Patinet/p1"}})", "value Condition.subject.reference"},
    {"reference_with_a_wrong_id",       R"({"resourceType":"Condition","subject":{"reference":"Patient/a_b"}})", "value Condition.subject.reference"},
    {"reference_to_a_wrong_type",       R"({"resourceType":"Condition","subject":{"reference":"Device/d1"}})", "structure Condition.subject.reference"},
    {"absolute_to_a_wrong_type",        R"({"resourceType":"Condition","subject":{"reference":"https://x/fhir/Device/d1"}})", "structure Condition.subject.reference"},
    {"logical_to_a_wrong_type",         R"({"resourceType":"Condition","subject":{"type":"Device","identifier":{"value":"1"}}})", "structure Condition.subject"},
    {"reference_type_is_extensible",    R"({"resourceType":"Condition","subject":{"reference":"Patient/p1","type":"patient"}})", ""},
    {"reference_to_a_logical_model",    R"({"resourceType":"Condition","subject":{"type":"http://x/Model","display":"x"}})", ""},
    {"reference_and_type_disagree",     R"({"resourceType":"Condition","subject":{"reference":"Patient/p1","type":"Group"}})", "value Condition.subject.reference"},
    {"any_reference_in_an_extension",   R"({"resourceType":"Patient","extension":[{"url":"http://x","valueReference":{"reference":"Device/d1"}}]})", ""},
    {"contained",                       R"({"resourceType":"Condition","contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}})", ""},
    {"contained_is_not_there",          R"({"resourceType":"Condition","subject":{"reference":"#p"}})", "not-found Condition.subject.reference"},
    {"contained_of_a_wrong_type",       R"({"resourceType":"Condition","contained":[{"resourceType":"Device","id":"p"}],"subject":{"reference":"#p"}})", "structure Condition.subject.reference"},
    {"contained_refers_to_container",   R"({"resourceType":"Patient","contained":[{"resourceType":"Condition","id":"c","subject":{"reference":"#"}}]})", ""},
    {"contained_is_validated",          R"({"resourceType":"Patient","contained":[{"resourceType":"Condition","id":"c"}]})", "required Patient.contained[0]"},
    {"contained_is_not_nested",         R"({"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"c","contained":[{"resourceType":"Patient","id":"d"}]}]})", "invariant Patient.contained[0]"},
    {"contained_of_each_entry",         R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Condition","contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}}},{"resource":{"resourceType":"Condition","subject":{"reference":"#p"}}}]})", "not-found Bundle.entry[1].resource.subject.reference"},
    {"conditional_reference_in_bundle", R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Condition","subject":{"reference":"Patient?identifier=1"}}}]})", ""},
    {"conditional_reference_elsewhere", R"({"resourceType":"Condition","subject":{"reference":"Patient?identifier=1"}})", "value Condition.subject.reference"},
    // The rest
    {"entries_are_validated",           R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","gender":"F"}}]})", "code-invalid Bundle.entry[0].resource.gender"},
    {"parameters_are_validated",        R"({"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Patient","gender":"F"}}]})", "code-invalid Parameters.parameter[0].resource.gender"},
    {"extension_needs_a_url",           R"({"resourceType":"Patient","extension":[{"valueString":"a"}]})", "required Patient.extension[0]"},
    {"extension_needs_a_value",         R"({"resourceType":"Patient","extension":[{"url":"http://x"}]})", "invariant Patient.extension[0]"},
    {"extension_has_value_or_parts",    R"({"resourceType":"Patient","extension":[{"url":"http://x","valueString":"a","extension":[{"url":"y","valueString":"b"}]}]})", "invariant Patient.extension[0]"},
    {"narrative_without_scripts",       R"({"resourceType":"Patient","text":{"status":"generated","div":"<div><script/></div>"}})", "value Patient.text.div"},
    {"simple_quantity_is_exact",        R"({"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"display":"x"},"medicationCodeableConcept":{"text":"x"},"dispenseRequest":{"quantity":{"value":1,"comparator":"<"}}})", "structure MedicationRequest.dispenseRequest.quantity"},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(All, Validate, testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(ValidateWords, name_the_nearest_known_in_both_languages) {
  const auto findings =
      findings_of(R"({"resourceType":"Patient","birthdate":"1944","gender":"femail"})");
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].message,
            "Patient has no element \"birthdate\". Did you mean \"birthDate\"?");
  EXPECT_EQ(findings[0].message_ja,
            "Patient に要素「birthdate」はありません。「birthDate」ではありませんか。");
  EXPECT_THAT(findings[1].message, testing::HasSubstr("Did you mean \"female\"?"));
  EXPECT_THAT(findings[1].message_ja, testing::HasSubstr("「female」ではありませんか。"));
}

TEST(ValidateBounds, stop_at_a_thousand_findings) {
  std::string text = R"({"resourceType":"Patient","name":[{})";
  for (int item = 0; item < 2000; ++item)
    text += ",{}";
  EXPECT_EQ(findings_of(text + "]}").size(), 1000u);
}

TEST(ValidateBounds, refuse_a_document_that_nests_too_deeply) {
  json::Document document;
  json::Value inner = json::Value::object();
  inner.set(document.arena, "url", json::Value::string(document.arena, "http://x"));
  for (int level = 0; level < 200; ++level) {
    json::Value outer = json::Value::object();
    json::Value all = json::Value::array();
    all.push(document.arena, inner);
    outer.set(document.arena, "url", json::Value::string(document.arena, "http://x"));
    outer.set(document.arena, "extension", all);
    inner = outer;
  }
  document.root = json::Value::object();
  document.root.set(document.arena, "resourceType", json::Value::string(document.arena, "Patient"));
  document.root.set(document.arena, "extension", json::Value::array()).push(document.arena, inner);
  const auto findings = validate(r4(), document.root);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].code, "too-long");
}

}  // namespace
}  // namespace tasuki::fhir
