// From bytes to resources: facts a hospital engineer would check first.
#include "intake/convert.h"

#include <algorithm>

#include "fixture.h"
#include "json/print.h"

namespace tasuki::intake {
namespace {

using State = Converted::State;

const std::string head = "MSH|^~\\&|EMR|1319999999|RENKEI|RENKEI|20240415101500||";
const std::string person =
    "PID|||0123456789^^^^PI||試験^花子^^^^^L^I~シケン^ハナコ^^^^^L^P||19800203|F\r";

std::string lab(const std::string& obx) {
  return head + "OUL^R22^OUL_R22|1|P|2.5||||||UNICODE UTF-8\r" + person +
         "SPM|1|S1||023^血清^JC10|||||||||||||202404010900\r"
         "OBR|1|000000000012345|S1|E01^生化学^99RNK|||202404010900\r"
         "ORC|SC|000000000012345\r" +
         obx;
}

const json::Value* first(const Converted& converted, std::string_view type) {
  for (const Made& made : converted.resources) {
    if (made.resource.text_of("resourceType") == type) return &made.resource;
  }
  return nullptr;
}

struct Result_ {
  std::string name, obx, part;  // of the Observation's text
};
class Item : public testing::TestWithParam<Result_> {};
TEST_P(Item, becomes_an_observation) {
  const Converted converted =
      convert(lab(GetParam().obx + "\r"), test::hospital(), *test::mappings());
  ASSERT_EQ(converted.state, State::done) << converted.reason;
  const auto* const observation = first(converted, "Observation");
  ASSERT_NE(observation, nullptr);
  EXPECT_NE(json::print(*observation).find(GetParam().part), std::string::npos)
      << json::print(*observation);
}
const Result_ items[] = {
    {"a_number_keeps_its_digits",
     "OBX|1|NM|3A010000002327101^総蛋白^JC10||7.20|g/dl^g/dl^ISO+|6.70-8.3||||F",
     R"("value":7.20,"unit":"g/dl","system":"http://unitsofmeasure.org","code":"g/dL")"},
    {"a_bounded_text_is_a_number_with_comparator",
     "OBX|1|ST|3A010000002327101^X^JC10||< 0.5|mg/dL^mg/dL^ISO+|||||F",
     R"("value":0.5,"comparator":"<")"},
    {"a_qualitative_text_stays_text", "OBX|1|ST|5E074000002311711^ＲＰＲ^JC10||  -||||||F",
     R"("valueString":"-")"},
    {"a_code_is_a_concept", "OBX|1|CWE|6B010000001774214^菌名^JC10|1|2001^E.Coli^JANIS||||||F",
     R"("valueCodeableConcept":{"coding":[{"system":"urn:oid:1.2.392.100495.10.3.100.5.11.5.2","code":"2001")"},
    {"a_correction_is_corrected", "OBX|1|NM|3A010000002327101^X^JC10||7||||||C",
     R"("status":"corrected")"},
    {"a_deletion_is_entered_in_error", "OBX|1|NM|3A010000002327101^X^JC10||7||||||D",
     R"("status":"entered-in-error")"},
    {"a_missing_value_says_so", "OBX|1|NM|3A010000002327101^X^JC10||||||||X",
     R"("dataAbsentReason")"},
    {"a_word_in_a_number_field_stays", "OBX|1|NM|3A010000002327101^X^JC10||検体不足||||||F",
     R"("valueString":"検体不足")"},
    {"a_structured_number_has_a_comparator", "OBX|1|SN|3A010000002327101^X^JC10||>^100||||||F",
     R"("value":100,"comparator":">")"},
    {"a_titre_is_a_ratio", "OBX|1|SN|3A010000002327101^X^JC10||^1^:^128||||||F", R"("valueRatio")"},
    {"high_is_flagged", "OBX|1|NM|3A010000002327101^X^JC10||9|||H|||F", R"("code":"H")"},
    {"a_range_has_low_and_high", "OBX|1|NM|3A010000002327101^X^JC10||9||13-30||||F",
     R"("low":{"value":13},"high":{"value":30},"text":"13-30")"},
    {"jlac10_of_fifteen_characters_is_accepted", "OBX|1|NM|2B0300000022311^ＰＴ^JC10||12||||||F",
     R"("code":"2B0300000022311")"},
    {"a_local_code_is_told_apart_by_facility", "OBX|1|NM|123^独自^99LAB||12||||||F",
     R"("system":"urn:tasuki:local:1319999999:99LAB","code":"123")"},
};
INSTANTIATE_TEST_SUITE_P(laboratory, Item, testing::ValuesIn(items),
                         [](const auto& row) { return row.param.name; });

TEST(Convert, the_same_bytes_make_the_same_resources) {
  const std::string bytes = lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r");
  EXPECT_EQ(convert(bytes, test::hospital(), *test::mappings()).bundle(),
            convert(bytes, test::hospital(), *test::mappings()).bundle());
}

TEST(Convert, a_corrected_result_keeps_its_id) {
  const Converted before = convert(lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||P\r"),
                                   test::hospital(), *test::mappings());
  const Converted after = convert(lab("OBX|1|NM|3A010000002327101^X^JC10||8||||||C\r"),
                                  test::hospital(), *test::mappings());
  EXPECT_EQ(first(before, "Observation")->text_of("id"),
            first(after, "Observation")->text_of("id"));
}

TEST(Convert, another_facility_makes_other_ids) {
  ConvertSettings other = test::hospital();
  other.facility = "1310000001";
  const std::string bytes = lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r");
  EXPECT_NE(first(convert(bytes, test::hospital(), *test::mappings()), "Patient")->text_of("id"),
            first(convert(bytes, other, *test::mappings()), "Patient")->text_of("id"));
}

TEST(Convert, ssmix2_and_hl7_of_one_facility_meet_on_the_same_patient) {
  ConvertSettings tree = test::hospital();
  tree.kind = "OML-11";
  tree.patient = "0123456789";
  const std::string bytes = lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r");
  EXPECT_EQ(first(convert(bytes, test::hospital(), *test::mappings()), "Patient")->text_of("id"),
            first(convert(bytes, tree, *test::mappings()), "Patient")->text_of("id"));
}

TEST(Convert, a_kind_without_mapping_is_held_and_says_so) {
  const Converted converted = convert(head + "ADT^A20|1|P|2.5||||||UNICODE UTF-8\r" + person,
                                      test::hospital(), *test::mappings());
  EXPECT_EQ(converted.state, State::held);
  EXPECT_EQ(converted.reason_code, "mapping.none");
  EXPECT_NE(converted.reason.find("この種別の変換はまだありません"), std::string::npos);
}

TEST(Convert, a_file_in_another_patients_folder_is_held) {
  ConvertSettings settings = test::hospital();
  settings.patient = "9999999";
  const Converted converted =
      convert(lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r"), settings, *test::mappings());
  EXPECT_EQ(converted.state, State::held);
  EXPECT_EQ(converted.reason_code, "identity.path-differs");
}

TEST(Convert, a_withdrawn_file_becomes_entered_in_error) {
  ConvertSettings settings = test::hospital();
  settings.withdrawn = true;
  const Converted converted =
      convert(lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r"), settings, *test::mappings());
  EXPECT_EQ(first(converted, "Observation")->text_of("status"), "entered-in-error");
  EXPECT_EQ(first(converted, "DiagnosticReport")->text_of("status"), "entered-in-error");
  EXPECT_TRUE(first(converted, "Patient")->find("active")->boolean());  // about another thing
}

TEST(Convert, bytes_that_are_no_message_are_refused) {
  const Converted converted = convert("こんにちは", test::hospital(), *test::mappings());
  EXPECT_EQ(converted.state, State::refused);
  EXPECT_EQ(converted.reason_code, "hl7.unreadable");
}

TEST(Convert, a_result_without_order_number_is_held) {
  const Converted converted = convert(head + "OUL^R22|1|P|2.5||||||UNICODE UTF-8\r" + person +
                                          "SPM|1\rOBR|1\rOBX|1|NM|3A01^X^JC10||7||||||F\r",
                                      test::hospital(), *test::mappings());
  EXPECT_EQ(converted.state, State::held);
  EXPECT_EQ(converted.reason_code, "mapping.key-empty");
}

TEST(Convert, every_field_sent_is_carried_aside_or_listed) {
  const Converted converted =
      convert(lab("OBX|1|NM|3A010000002327101^X^JC10||7|||||||||20240401|||独自\r"),
              test::hospital(), *test::mappings());
  uint32_t listed = 0;
  for (const auto& field : converted.coverage.not_carried)
    listed += field.count;
  EXPECT_EQ(converted.coverage.carried + listed, converted.coverage.fields);
}

TEST(Convert, an_element_knows_its_bytes) {
  const std::string bytes = lab("OBX|1|NM|3A010000002327101^X^JC10||7.25||||||F\r");
  const Converted converted = convert(bytes, test::hospital(), *test::mappings());
  const auto value = std::ranges::find_if(
      converted.traces, [](const Trace& trace) { return trace.element->front() == "value[x]"; });
  ASSERT_NE(value, converted.traces.end());
  EXPECT_EQ(bytes.substr(value->byte_begin, value->byte_end - value->byte_begin), "7.25");
}

TEST(Convert, a_dose_that_does_not_add_up_is_told) {
  const std::string bytes =
      head + "RDE^O11^RDE_O11|1|P|2.5||||||UNICODE UTF-8\r" + person +
      "ORC|NW|777||777_01|||||20240415101400\rRXE||103835401^ムコダイン^HOT9|2||TAB^錠^MR9P|||||31|"
      "TAB^錠^MR9P\r"
      "TQ1|1||1013044400000000&毎食後&JAMISDP01|||5^D&日&ISO+|20240415\rRXR|PO^口^HL70162\r";
  const Converted converted = convert(bytes, test::hospital(), *test::mappings());
  EXPECT_TRUE(std::ranges::any_of(converted.findings, [](const Finding& finding) {
    return finding.code == "quantity.dose-total";
  }));
}

TEST(Convert, unequal_doses_are_doses_of_their_own) {
  const std::string bytes =
      head + "RDE^O11^RDE_O11|1|P|2.5||||||UNICODE UTF-8\r" + person +
      "ORC|NW|777||777_01|||||20240415101400\rRXE||105271807^プレドニン^HOT9|3||TAB^錠^MR9P\r"
      "TQ1|1||1012040400000000&朝夕食後&JAMISDP01~V14NNNNN&１回目４錠&JAMISDP01~V22NNNNN&"
      "２回目２錠&JAMISDP01\r";
  const Converted converted = convert(bytes, test::hospital(), *test::mappings());
  const auto* const dosages = first(converted, "MedicationRequest")->find("dosageInstruction");
  ASSERT_EQ(dosages->size(), 3u);
  EXPECT_EQ(json::print(dosages->items()[0]).find("doseQuantity"), std::string::npos);
  EXPECT_NE(json::print(dosages->items()[1]).find(R"("doseQuantity":{"value":4,"unit":"錠")"),
            std::string::npos)
      << json::print(dosages->items()[1]);
}

TEST(Convert, a_message_of_many_equal_results_takes_bounded_time) {
  std::string obx;
  for (int i = 0; i < 5000; ++i)
    obx += "OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r";
  const Converted converted = convert(lab(obx), test::hospital(), *test::mappings());
  EXPECT_EQ(converted.state, State::done) << converted.reason;
  EXPECT_GT(converted.resources.size(), 5000u);
}

TEST(Convert, a_message_of_too_many_segments_is_held) {
  std::string obx;
  for (int i = 0; i < 10'001; ++i)
    obx += "NTE|1\r";
  EXPECT_EQ(convert(lab(obx), test::hospital(), *test::mappings()).reason_code, "message.too-long");
}

TEST(Convert, a_field_of_very_many_repetitions_takes_bounded_time) {
  std::string names = "A^B";
  for (int i = 0; i < 100'000; ++i)
    names += "~A^B";
  std::string bytes = lab("OBX|1|NM|3A010000002327101^X^JC10||7||||||F\r");
  bytes.replace(bytes.find("試験^花子^^^^^L^I"), std::string("試験^花子^^^^^L^I").size(), names);
  EXPECT_EQ(convert(bytes, test::hospital(), *test::mappings()).state, State::done);
}

TEST(Split, a_batch_is_its_messages) {
  const std::string bytes =
      "FHS|^~\\&\rBHS|^~\\&\r" + head + "ACK|1\rPID|1\r" + head + "ACK|2\rBTS|2\rFTS|1\r";
  EXPECT_EQ(split_messages(bytes).size(), 2u);
}

TEST(Split, a_transaction_log_is_its_messages) {
  EXPECT_EQ(split_messages("#SSMIX,2.00,x\r\nMSH|a\rPID|1\r#SSMIX,2.00,y\r\nMSH|b\r").size(), 2u);
}

}  // namespace
}  // namespace tasuki::intake
