// The message structures as text, one a row: SEGMENT, SEGMENT? SEGMENT* SEGMENT+, GROUP(...)? and
// so on.
//
// HL7 v2.5 ch. 3 (ADT), 4 (RDE, RAS, OMG, OML, OMD, ORM), 7 (ORU, OUL), 12 (PPR); PPR^ZD1 and
// OMI^Z23 as SS-MIX2 1.2 has them. Looser than the books where Japanese senders are: IN1, AL1 and
// NK1 wherever patients are, several insurances in an order, ZPR repeated. Prior results
// (PRIOR_RESULT) are left out: they make the grammar ambiguous and nobody sends them.
#pragma once

#include <string_view>

namespace tasuki::hl7v2::detail {

struct StructureRow {
  std::string_view name, grammar;
};

#define ADT_HEAD "MSH SFT* EVN PID PD1? ROL* NK1* PV1? PV2? ROL* DB1* OBX* AL1* IAM* DG1* DRG? "
#define ADT_TAIL "PROCEDURE(PR1 ROL*)* GT1* INSURANCE(IN1 IN2? IN3* ROL*)* ACC? UB1? UB2? PDA?"
#define PATIENT(more)                                                                        \
  "PATIENT(PID PD1? NTE* NK1* PATIENT_VISIT(PV1 PV2?)? INSURANCE(IN1 IN2? IN3*)* GT1? AL1* " \
  "IAM* " more ")? "
#define TIMING(name) name "(TQ1 TQ2*)* "
#define OBSERVATION "OBSERVATION(OBX TCD? NTE*)* "

constexpr StructureRow structures[] = {
    {"ACK", "MSH SFT* MSA ERR*"},
    {"ADT_A01", ADT_HEAD ADT_TAIL},
    {"ADT_A02", ADT_HEAD ADT_TAIL},
    {"ADT_A03", ADT_HEAD ADT_TAIL},
    {"ADT_A05", ADT_HEAD ADT_TAIL},
    {"ADT_A06",
     "MSH SFT* EVN PID PD1? ROL* MRG? NK1* PV1? PV2? ROL* DB1* OBX* AL1* DG1* DRG? " ADT_TAIL},
    {"ADT_A09", ADT_HEAD ADT_TAIL},
    {"ADT_A12", ADT_HEAD ADT_TAIL},
    {"ADT_A15", ADT_HEAD ADT_TAIL},
    {"ADT_A16", ADT_HEAD ADT_TAIL},
    {"ADT_A21", ADT_HEAD ADT_TAIL},
    {"ADT_A30", "MSH SFT* EVN PID PD1? MRG"},
    {"ADT_A39", "MSH SFT* EVN PATIENT(PID PD1? MRG PV1?)+"},
    {"ADT_A52", ADT_HEAD ADT_TAIL},
    {"ADT_A54", ADT_HEAD ADT_TAIL},
    {"ADT_A60", "MSH SFT* EVN PID PV1? PV2? IAM* AL1*"},
    {"OMD_O03", "MSH SFT* NTE* " PATIENT("") "ORDER_DIET(ORC " TIMING(
                    "TIMING_DIET") "DIET(ODS+ NTE* " OBSERVATION ")?)* "
                                   "ORDER_TRAY(ORC " TIMING("TIMING_TRAY") "ODT+ NTE*)*"},
    {"OMG_O19", "MSH SFT* NTE* " PATIENT("") "ORDER(ORC " TIMING(
                    "TIMING") "OBR NTE* CTD? DG1* " OBSERVATION
                              "SPECIMEN(SPM OBX* CONTAINER(SAC OBX*)*)* FT1* CTI* BLG?)+"},
    {"OMI_Z23", "MSH SFT* NTE* " PATIENT("") "ORDER(ORC " TIMING(
                    "TIMING") "OBR NTE* CTD? DG1* " OBSERVATION "PERFORMED(ZE1 OBX* ZE2*)* IPC*)+"},
    {"OML_O21", "MSH SFT* NTE* " PATIENT("") "ORDER(ORC? " TIMING(
                    "TIMING") "OBSERVATION_REQUEST(OBR TCD? NTE* CTD? DG1* " OBSERVATION
                              "SPECIMEN(SPM OBX* CONTAINER(SAC OBX*)*)*)? FT1* CTI* BLG?)+"},
    {"OML_O33",
     "MSH SFT* NTE* " PATIENT("") "SPECIMEN(SPM OBX* SAC* ORDER(ORC " TIMING(
         "TIMING") "OBSERVATION_REQUEST(OBR TCD? NTE* DG1* " OBSERVATION ")? FT1* CTI* BLG?)+)+"},
    {"ORM_O01", "MSH SFT* NTE* " PATIENT(
                    "") "ORDER(ORC ORDER_DETAIL(OBR? RXO? RQD? ODS? NTE* CTD? DG1* " OBSERVATION
                        ")? FT1* CTI* BLG?)+"},
    {"ORU_R01",
     "MSH SFT* PATIENT_RESULT(PATIENT(PID PD1? NTE* NK1* VISIT(PV1 PV2?)? IN1* AL1* IAM*)? "
     "ORDER_OBSERVATION(ORC? OBR NTE* " TIMING(
         "TIMING_QTY") "CTD? " OBSERVATION "FT1* CTI* SPECIMEN(SPM OBX*)*)+)+ DSC?"},
    {"ORU_R30",
     "MSH SFT* PID PD1? VISIT(PV1 PV2?)? ORC? OBR NTE* " TIMING("TIMING_QTY") OBSERVATION},
    {"OUL_R22",
     "MSH SFT* NTE? PATIENT(PID PD1? NTE*)? VISIT(PV1 PV2?)? AL1* "
     "SPECIMEN(SPM OBX* CONTAINER(SAC INV?)* ORDER(OBR ORC? NTE* " TIMING(
         "TIMING_QTY") "RESULT(OBX TCD? SID* NTE*)* CTI*)+)+ DSC?"},
    {"PPR_ZD1",
     "MSH SFT* PID PD1? PATIENT_VISIT(PV1 PV2?)? IN1* AL1* "
     "PROBLEM(PRB ZPR* ZPD* NTE* VAR* PROBLEM_ROLE(ROL VAR*)* PATHWAY(PTH VAR*)* ZI1* "
     "PROBLEM_OBSERVATION(OBX NTE*)* "
     "GOAL(GOL NTE* VAR* GOAL_ROLE(ROL VAR*)* GOAL_OBSERVATION(OBX NTE*)*)* ORDER(ORC NTE* VAR* "
     "OBX*)*)*"},
    {"RAS_O17",
     "MSH SFT* NTE* " PATIENT("") "ORDER(ORC " TIMING(
         "TIMING") "ORDER_DETAIL(RXO NTE* RXR* RXC*)? "
                   "ENCODING(RXE " TIMING("TIMING_ENCODED") "RXR* RXC*)? ADMINISTRATION(RXA+ RXR* "
                                                            "OBSERVATION(OBX NTE*)*)+ CTI*)+"},
    {"RDE_O11",
     "MSH SFT* NTE* " PATIENT("") "ORDER(ORC " TIMING(
         "TIMING") "ORDER_DETAIL(RXO NTE* RXR* COMPONENT(RXC NTE*)*)? "
                   "RXE NTE* " TIMING(
                       "TIMING_ENCODED") "RXR* RXC* OBSERVATION(OBX NTE*)* FT1* BLG? CTI*)+"},
};

#undef ADT_HEAD
#undef ADT_TAIL
#undef PATIENT
#undef TIMING
#undef OBSERVATION

}  // namespace tasuki::hl7v2::detail
