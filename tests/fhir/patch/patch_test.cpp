#include "fhir/patch/patch.h"

#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::fhir {
namespace {

json::Document parsed(std::string_view text) {
  auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return document ? *std::move(document) : json::Document();
}

std::string operation(std::string_view type, std::string_view path, std::string_view more) {
  return R"({"name":"operation","part":[{"name":"type","valueCode":")" + std::string(type) +
         R"("},{"name":"path","valueString":")" + std::string(path) + R"("})" + std::string(more) +
         "]}";
}

struct Case {
  const char* name;
  const char* before;
  std::string operation;
  const char* after;  // or part of the refusal, behind '!'
};
const Case cases[] = {
    {"a_boolean", R"({"resourceType":"Patient","active":true,"deceasedBoolean":true})",
     operation("replace", "Patient.active", R"(,{"name":"value","valueBoolean":false})"),
     R"({"resourceType":"Patient","active":false,"deceasedBoolean":true})"},
    {"a_boolean_of_one_of_two",
     R"({"resourceType":"Patient","communication":[{"language":{"text":"a"},"preferred":true},{"language":{"text":"b"},"preferred":true}]})",
     operation("replace", "Patient.communication[1].preferred",
               R"(,{"name":"value","valueBoolean":false})"),
     R"({"resourceType":"Patient","communication":[{"language":{"text":"a"},"preferred":true},{"language":{"text":"b"},"preferred":false}]})"},
    {"a_choice_changes_its_type", R"({"resourceType":"Patient","deceasedBoolean":true})",
     operation("replace", "Patient.deceased", R"(,{"name":"value","valueDateTime":"2026-01-02"})"),
     R"({"resourceType":"Patient","deceasedDateTime":"2026-01-02"})"},
    {"a_choice_is_added_by_its_stem", R"({"resourceType":"Observation"})",
     operation(
         "add", "Observation",
         R"(,{"name":"name","valueString":"value"},{"name":"value","valueQuantity":{"value":8.50}})"),
     R"({"resourceType":"Observation","valueQuantity":{"value":8.50}})"},
    {"an_extension_on_a_primitive", R"({"resourceType":"Patient","birthDate":"1970-01-01"})",
     operation(
         "add", "Patient.birthDate",
         R"(,{"name":"name","valueString":"extension"},{"name":"value","valueExtension":{"url":"urn:x","valueCode":"y"}})"),
     R"({"resourceType":"Patient","birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"urn:x","valueCode":"y"}]}})"},
    {"the_last_extension_of_a_primitive",
     R"({"resourceType":"Patient","birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"urn:x","valueCode":"y"}]}})",
     operation("delete", "Patient.birthDate.extension.where(url='urn:x')", ""),
     R"({"resourceType":"Patient","birthDate":"1970-01-01"})"},
    {"the_second_of_equal_names",
     R"({"resourceType":"Patient","name":[{"given":["A","A"],"_given":[null,{"id":"x"}]}]})",
     operation("delete", "Patient.name[0].given[0]", ""),
     R"({"resourceType":"Patient","name":[{"given":["A"],"_given":[{"id":"x"}]}]})"},
    {"into_an_empty_list", R"({"resourceType":"Patient"})",
     operation(
         "insert", "Patient.identifier",
         R"(,{"name":"index","valueInteger":0},{"name":"value","valueIdentifier":{"value":"1"}})"),
     R"({"resourceType":"Patient","identifier":[{"value":"1"}]})"},
    {"deleting_what_is_not_there", R"({"resourceType":"Patient"})",
     operation("delete", "Patient.birthDate", ""), R"({"resourceType":"Patient"})"},
    {"two_are_not_one", R"({"resourceType":"Patient","name":[{"text":"a"},{"text":"b"}]})",
     operation("delete", "Patient.name", ""), "!more than one"},
    {"what_cannot_repeat_stands", R"({"resourceType":"Patient","gender":"male"})",
     operation("add", "Patient",
               R"(,{"name":"name","valueString":"gender"},{"name":"value","valueCode":"female"})"),
     "!stands already"},
    {"a_value_of_another_type", R"({"resourceType":"Patient"})",
     operation(
         "add", "Patient",
         R"(,{"name":"name","valueString":"name"},{"name":"value","valueAddress":{"text":"x"}})"),
     "!HumanName"},
    {"an_unknown_name", R"({"resourceType":"Patient"})",
     operation(
         "add", "Patient",
         R"(,{"name":"name","valueString":"birthdate"},{"name":"value","valueDate":"1970-01-01"})"),
     "!birthDate"},
    {"an_index_outside", R"({"resourceType":"Patient"})",
     operation(
         "insert", "Patient.identifier",
         R"(,{"name":"index","valueInteger":2},{"name":"value","valueIdentifier":{"value":"1"}})"),
     "!outside the list"},
    {"a_computed_value", R"({"resourceType":"Patient","name":[{"text":"a"}]})",
     operation("replace", "Patient.name.count()", R"(,{"name":"value","valueInteger":2})"),
     "!computes a value"},
    {"the_resource_itself", R"({"resourceType":"Patient","active":true})",
     operation("delete", "Patient", ""), "!the resource itself"},
    {"an_unknown_operation", R"({"resourceType":"Patient"})", operation("erase", "Patient", ""),
     "!insert"},
};

TEST(FhirpathPatch, changes) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    json::Document target = parsed(each.before);
    const json::Document patch =
        parsed(R"({"resourceType":"Parameters","parameter":[)" + each.operation + "]}");
    const auto applied = apply_fhirpath_patch(r4(), target, patch.root);
    const std::string_view expected = each.after;
    if (expected.starts_with('!')) {
      ASSERT_FALSE(applied.has_value());
      EXPECT_NE(applied.error().message.find(expected.substr(1)), std::string::npos)
          << applied.error().message;
      EXPECT_EQ(applied.error().location, "Parameters.parameter[0]");
      continue;
    }
    ASSERT_TRUE(applied.has_value()) << applied.error().message;
    EXPECT_TRUE(json::equal(target.root, parsed(expected).root)) << json::print(target.root);
  }
}

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i)
    all += (i == 0 ? "" : ",") + std::string(text);
  return "[" + all + "]";
}

// Each copies the whole into itself: sixty would fill the machine.
TEST(JsonPatch, is_bounded) {
  json::Document target = parsed(R"({"a":[1,2,3,4,5,6,7,8]})");
  const json::Document doubling =
      parsed(repeated(R"({"op":"copy","from":"/a","path":"/a/-"})", 60));
  const auto applied = apply_json_patch(target, doubling.root);
  ASSERT_FALSE(applied.has_value());
  EXPECT_EQ(applied.error().kind, Error::Kind::too_costly);

  json::Document other = parsed(R"({"a":[]})");
  const json::Document many = parsed(repeated(R"({"op":"add","path":"/a/-","value":1})", 1'001));
  EXPECT_FALSE(apply_json_patch(other, many.root).has_value());
}

TEST(JsonPatch, names_the_operation_that_fails) {
  json::Document target = parsed(R"({"a":1})");
  const json::Document patch = parsed(
      R"([{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":1.00},{"op":"remove","path":"/c"}])");
  const auto applied = apply_json_patch(target, patch.root);
  ASSERT_FALSE(applied.has_value());
  EXPECT_EQ(applied.error().location, "operation 2");
  EXPECT_NE(applied.error().message.find("/c"), std::string::npos);
}

struct XmlCase {
  const char* name;
  const char* patch;
  const char* after;
};
const XmlCase xml_cases[] = {
    {"a_value", R"(<replace sel="f:Patient/f:birthDate/@value">1971-02-03</replace>)",
     R"({"resourceType":"Patient","birthDate":"1971-02-03","name":[{"family":"A"}]})"},
    {"an_element_before",
     R"(<add sel="f:Patient/f:name" pos="before"><active value="true"/></add>)",
     R"({"resourceType":"Patient","active":true,"birthDate":"1970-01-01","name":[{"family":"A"}]})"},
    {"a_second",
     R"(<add sel="Q:Patient" xmlns:Q="http://hl7.org/fhir"><Q:name><Q:text value="B"/></Q:name></add>)",
     R"({"resourceType":"Patient","birthDate":"1970-01-01","name":[{"family":"A"},{"text":"B"}]})"},
    {"removal", R"(<remove sel="/*/f:name[f:family/@value='A']"/>)",
     R"({"resourceType":"Patient","birthDate":"1970-01-01"})"},
    {"nothing_there", R"(<remove sel="f:Patient/f:gender"/>)", "!selects 0 nodes"},
    {"the_root", R"(<remove sel="/f:Patient"/>)", "!root"},
    {"beside_the_root", R"(<add sel="/f:Patient" pos="after"><Patient/></add>)", "!one root"},
    {"a_value_as_path", R"x(<remove sel="count(//*)"/>)x", "!selects no nodes"},
    {"no_path", R"(<remove sel="f:Patient["/>)", "!cannot be evaluated"},
    {"an_element_fhir_has_not", R"(<add sel="f:Patient"><nam/></add>)", "!no element"},
};

TEST(XmlPatch, changes) {
  for (const XmlCase& each : xml_cases) {
    SCOPED_TRACE(each.name);
    const json::Document before =
        parsed(R"({"resourceType":"Patient","birthDate":"1970-01-01","name":[{"family":"A"}]})");
    const auto after = apply_xml_patch(
        r4(), before.root,
        R"(<diff xmlns="http://hl7.org/fhir">)" + std::string(each.patch) + "</diff>");
    const std::string_view expected = each.after;
    if (expected.starts_with('!')) {
      ASSERT_FALSE(after.has_value());
      EXPECT_NE(after.error().message.find(expected.substr(1)), std::string::npos)
          << after.error().message;
      continue;
    }
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_TRUE(json::equal(after->root, parsed(expected).root)) << json::print(after->root);
  }
}

}  // namespace
}  // namespace tasuki::fhir
