#include "formats/hl7v2/grammar.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tasuki::hl7v2 {
namespace {

// "ORU_R01(MSH PATIENT_RESULT(...))": the tree in one line, segments with their ordinals.
std::string drawn(const Group& group) {
  std::string out = std::string(group.name) + "(";
  for (const auto& segment : group.segments)
    out += (out.back() == '(' ? "" : " ") + std::string(segment.name()) +
           std::to_string(segment.ordinal());
  for (const auto& inner : group.groups)
    out += (out.back() == '(' ? "" : " ") + drawn(inner);
  return out + ")";
}

struct Case {
  const char* name;
  std::string type, segments, tree;
  std::vector<std::string> findings = {};
};
class Grammar : public testing::TestWithParam<Case> {};
TEST_P(Grammar, groups_what_belongs_together) {
  std::string text = "MSH|^~\\&|A|B|||20240101||" + GetParam().type + "|1|P|2.5\r";
  for (size_t at = 0; at < GetParam().segments.size(); at += 4)
    text += GetParam().segments.substr(at, 3) + "|1\r";
  const auto message = *parse(text);
  const auto structure = structure_of(message);
  EXPECT_EQ(drawn(structure.root), GetParam().tree);
  std::vector<std::string> findings;
  for (const auto& one : structure.findings)
    findings.push_back(one.code + " " + one.location);
  EXPECT_EQ(findings, GetParam().findings);
}
const Case cases[] = {
    {"orc_before_obr", "ORU^R01^ORU_R01", "PID PV1 ORC OBR OBX OBX ORC OBR OBX",
     "ORU_R01(MSH1 PATIENT_RESULT(PATIENT(PID1 VISIT(PV11)) ORDER_OBSERVATION(ORC1 OBR1 "
     "OBSERVATION(OBX1) OBSERVATION(OBX2)) "
     "ORDER_OBSERVATION(ORC2 OBR2 OBSERVATION(OBX3))))"},
    {"obr_before_orc", "OUL^R22^OUL_R22", "PID PV1 SPM OBR ORC TQ1 OBX NTE OBX SPM OBR ORC OBX",
     "OUL_R22(MSH1 PATIENT(PID1) VISIT(PV11) SPECIMEN(SPM1 ORDER(OBR1 ORC1 TIMING_QTY(TQ11) "
     "RESULT(OBX1 NTE1) RESULT(OBX2))) "
     "SPECIMEN(SPM2 ORDER(OBR2 ORC2 RESULT(OBX3))))"},
    {"orc_before_obr_in_oul", "OUL^R22^OUL_R22", "PID SPM ORC OBR OBX",
     "OUL_R22(MSH1 PATIENT(PID1) SPECIMEN(SPM1 ORDER(ORC1 OBR1 RESULT(OBX1))))"},
    {"obr_before_orc_in_oru", "ORU^R01^ORU_R01", "PID OBR ORC OBX OBR ORC OBX",
     "ORU_R01(MSH1 PATIENT_RESULT(PATIENT(PID1) ORDER_OBSERVATION(OBR1 ORC1 OBSERVATION(OBX1)) "
     "ORDER_OBSERVATION(OBR2 ORC2 OBSERVATION(OBX2))))"},
    {"obr_without_orc", "ORU^R01^ORU_R01", "PID OBR OBX OBR OBX",
     "ORU_R01(MSH1 PATIENT_RESULT(PATIENT(PID1) ORDER_OBSERVATION(OBR1 OBSERVATION(OBX1)) "
     "ORDER_OBSERVATION(OBR2 OBSERVATION(OBX2))))"},
    {"specimen_behind_results", "ORU^R01^ORU_R01", "PID OBR OBX SPM OBR OBX SPM",
     "ORU_R01(MSH1 PATIENT_RESULT(PATIENT(PID1) ORDER_OBSERVATION(OBR1 OBSERVATION(OBX1) "
     "SPECIMEN(SPM1)) "
     "ORDER_OBSERVATION(OBR2 OBSERVATION(OBX2) SPECIMEN(SPM2))))"},
    {"two_patients", "ORU^R01^ORU_R01", "PID OBR OBX PID OBR OBX",
     "ORU_R01(MSH1 PATIENT_RESULT(PATIENT(PID1) ORDER_OBSERVATION(OBR1 OBSERVATION(OBX1))) "
     "PATIENT_RESULT(PATIENT(PID2) ORDER_OBSERVATION(OBR2 OBSERVATION(OBX2))))"},
    {"prescription", "RDE^O11^RDE_O11",
     "PID PV1 IN1 IN1 AL1 ORC RXE TQ1 RXR ORC RXE TQ1 RXR RXC RXC",
     "RDE_O11(MSH1 PATIENT(PID1 AL11 PATIENT_VISIT(PV11) INSURANCE(IN11) INSURANCE(IN12)) "
     "ORDER(ORC1 RXE1 RXR1 TIMING_ENCODED(TQ11)) ORDER(ORC2 RXE2 RXR2 RXC1 RXC2 "
     "TIMING_ENCODED(TQ12)))"},
    {"drugs_without_orders",
     "RDE^O11^RDE_O11",
     "PID RXE TQ1 RXR RXE TQ1 RXR",
     "RDE_O11(MSH1 PATIENT(PID1) ORDER(RXE1 RXR1 TIMING_ENCODED(TQ11)) ORDER(RXE2 RXR2 "
     "TIMING_ENCODED(TQ12)))",
     {"structure.missing ORC", "structure.missing ORC"}},
    {"administration", "RAS^O17^RAS_O17", "PID PV1 ORC RXA RXA RXR",
     "RAS_O17(MSH1 PATIENT(PID1 PATIENT_VISIT(PV11)) ORDER(ORC1 ADMINISTRATION(RXA1 RXA2 RXR1)))"},
    {"problems", "PPR^ZD1^PPR_ZD1", "PID PV1 PRB ZPR PRB ZPR",
     "PPR_ZD1(MSH1 PID1 PATIENT_VISIT(PV11) PROBLEM(PRB1 ZPR1) PROBLEM(PRB2 ZPR2))"},
    {"laboratory_order", "OML^O33^OML_O33", "PID PV1 SPM ORC OBR OBX OBX SPM ORC OBR OBX",
     "OML_O33(MSH1 PATIENT(PID1 PATIENT_VISIT(PV11)) SPECIMEN(SPM1 ORDER(ORC1 "
     "OBSERVATION_REQUEST(OBR1 OBSERVATION(OBX1) "
     "OBSERVATION(OBX2)))) SPECIMEN(SPM2 ORDER(ORC2 OBSERVATION_REQUEST(OBR2 "
     "OBSERVATION(OBX3)))))"},
    {"radiology_order", "OMG^O19^OMG_O19", "PID PV1 ORC TQ1 OBR ORC TQ1 OBR OBX",
     "OMG_O19(MSH1 PATIENT(PID1 PATIENT_VISIT(PV11)) ORDER(ORC1 OBR1 TIMING(TQ11)) ORDER(ORC2 OBR2 "
     "TIMING(TQ12) OBSERVATION(OBX1)))"},
    {"radiology_performed", "OMI^Z23^OMI_Z23", "PID ORC TQ1 OBR IPC ORC TQ1 OBR ZE1 IPC",
     "OMI_Z23(MSH1 PATIENT(PID1) ORDER(ORC1 OBR1 IPC1 TIMING(TQ11)) ORDER(ORC2 OBR2 IPC2 "
     "TIMING(TQ12) PERFORMED(ZE11)))"},
    {"diet", "OMD^O03^OMD_O03", "PID ORC TQ1 ODS ORC ODS",
     "OMD_O03(MSH1 PATIENT(PID1) ORDER_DIET(ORC1 TIMING_DIET(TQ11) DIET(ODS1)) ORDER_DIET(ORC2 "
     "DIET(ODS2)))"},
    {"vital_signs", "ORU^R30^ORU_R30", "PID PV1 ORC OBR OBX OBX",
     "ORU_R30(MSH1 PID1 ORC1 OBR1 VISIT(PV11) OBSERVATION(OBX1) OBSERVATION(OBX2))"},
    {"admission_by_implied_structure", "ADT^A08", "EVN PID PV1 AL1 IN1 IN1",
     "ADT_A01(MSH1 EVN1 PID1 PV11 AL11 INSURANCE(IN11) INSURANCE(IN12))"},
    {"structure_written_by_event", "ADT^A08^ADT_A08", "EVN PID PV1",
     "ADT_A01(MSH1 EVN1 PID1 PV11)"},
    {"allergies", "ADT^A60^ADT_A60", "EVN PID IAM IAM", "ADT_A60(MSH1 EVN1 PID1 IAM1 IAM2)"},
    {"merge", "ADT^A40^ADT_A39", "EVN PID MRG PID MRG",
     "ADT_A39(MSH1 EVN1 PATIENT(PID1 MRG1) PATIENT(PID2 MRG2))"},
    {"out_of_order_is_placed_and_told",
     "ADT^A08^ADT_A01",
     "EVN PID PV1 IN1 AL1",
     "ADT_A01(MSH1 EVN1 PID1 PV11 AL11 INSURANCE(IN11))",
     {"structure.order AL1"}},
    {"foreign_segment_is_kept_and_told",
     "ORU^R01^ORU_R01",
     "PID OBR OBX ZXX OBX",
     "ORU_R01(MSH1 PATIENT_RESULT(PATIENT(PID1) ORDER_OBSERVATION(OBR1 OBSERVATION(OBX1 ZXX1) "
     "OBSERVATION(OBX2))))",
     {"structure.unexpected-segment ZXX"}},
    {"missing_is_told",
     "ADT^A08^ADT_A01",
     "EVN PV1",
     "ADT_A01(MSH1 EVN1 PV11)",
     {"structure.missing PID"}},
    {"unknown_structure_is_flat", "SIU^S12^SIU_S12", "SCH PID", "MESSAGE(MSH1 SCH1 PID1)"},
};
INSTANTIATE_TEST_SUITE_P(Hl7v2, Grammar, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& info) {
                           return std::string(info.param.name);
                         });

TEST(GrammarPaths, are_listed_for_mappings) {
  const auto paths = group_paths("RAS_O17");
  EXPECT_NE(std::ranges::find(paths, "ORDER.ADMINISTRATION.OBSERVATION"), paths.end());
  EXPECT_TRUE(group_paths("SIU_S12").empty());
}

TEST(GrammarPaths, lead_to_groups) {
  const auto message = *parse(
      "MSH|^~\\&|A|B|||2024||ORU^R01^ORU_R01|1|P|2.5\rPID|1\rOBR|1\rOBX|1\rOBX|2\rOBR|2\rOBX|3\r");
  const auto structure = structure_of(message);
  EXPECT_EQ(structure.root.each("PATIENT_RESULT.ORDER_OBSERVATION").size(), 2u);
  EXPECT_EQ(structure.root.each("PATIENT_RESULT.ORDER_OBSERVATION.OBSERVATION").size(), 3u);
  EXPECT_EQ(
      structure.root.each("PATIENT_RESULT.ORDER_OBSERVATION")[1]->first("OBR").field(1).text(),
      "2");
}

}  // namespace
}  // namespace tasuki::hl7v2
