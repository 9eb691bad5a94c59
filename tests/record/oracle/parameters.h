// Of the brute-force oracle: where some search parameters of R4 look, written down by hand.
#pragma once

#include <string>
#include <vector>

#include "record/oracle/values.h"

namespace tasuki::record::oracle {

struct Parameter {
  std::string type, code;
  Kind kind;
  std::vector<std::string> paths;
  std::string more;  // of a code: its system; of a reference: the only type it may have
  std::vector<std::string> parts = {};  // of a tuple: below each path, a code and a quantity
};

// clang-format off
inline const std::vector<Parameter>& parameters() {
  static const std::string hl7 = "http://hl7.org/fhir/";
  static const std::vector<Parameter> all = {
    {"Patient", "name", Kind::text, {"name"}, {}},
    {"Patient", "family", Kind::text, {"name.family"}, {}},
    {"Patient", "given", Kind::text, {"name.given"}, {}},
    {"Patient", "address", Kind::text, {"address"}, {}},
    {"Patient", "address-city", Kind::text, {"address.city"}, {}},
    {"Patient", "gender", Kind::token, {"gender"}, hl7 + "administrative-gender"},
    {"Patient", "birthdate", Kind::date, {"birthDate"}, {}},
    {"Patient", "identifier", Kind::token, {"identifier"}, {}},
    {"Patient", "telecom", Kind::token, {"telecom"}, {}},
    {"Patient", "active", Kind::token, {"active"}, {}},
    {"Patient", "organization", Kind::reference, {"managingOrganization"}, {}},
    {"Patient", "_id", Kind::token, {"id"}, {}},
    {"Patient", "_tag", Kind::token, {"meta.tag"}, {}},
    {"Observation", "code", Kind::token, {"code"}, {}},
    {"Observation", "combo-code", Kind::token, {"code", "component.code"}, {}},
    {"Observation", "component-code", Kind::token, {"component.code"}, {}},
    {"Observation", "status", Kind::token, {"status"}, hl7 + "observation-status"},
    {"Observation", "category", Kind::token, {"category"}, {}},
    {"Observation", "identifier", Kind::token, {"identifier"}, {}},
    {"Observation", "date", Kind::date, {"effectiveDateTime", "effectivePeriod", "effectiveInstant"}, {}},
    {"Observation", "subject", Kind::reference, {"subject"}, {}},
    {"Observation", "patient", Kind::reference, {"subject"}, "Patient"},
    {"Observation", "encounter", Kind::reference, {"encounter"}, {}},
    {"Observation", "performer", Kind::reference, {"performer"}, {}},
    {"Observation", "value-quantity", Kind::quantity, {"valueQuantity"}, {}},
    {"Observation", "value-concept", Kind::token, {"valueCodeableConcept"}, {}},
    {"Observation", "value-string", Kind::text, {"valueString", "valueCodeableConcept.text"}, {}},
    {"Observation", "combo-value-quantity", Kind::quantity, {"valueQuantity", "component.valueQuantity"}, {}},
    {"Observation", "code-value-quantity", Kind::tuple, {""}, {}, {"code", "valueQuantity"}},
    {"Observation", "component-code-value-quantity", Kind::tuple, {"component"}, {}, {"code", "valueQuantity"}},
    {"Observation", "combo-code-value-quantity", Kind::tuple, {"", "component"}, {}, {"code", "valueQuantity"}},
    {"Condition", "code", Kind::token, {"code"}, {}},
    {"Condition", "clinical-status", Kind::token, {"clinicalStatus"}, {}},
    {"Condition", "category", Kind::token, {"category"}, {}},
    {"Condition", "subject", Kind::reference, {"subject"}, {}},
    {"Condition", "patient", Kind::reference, {"subject"}, "Patient"},
    {"Condition", "encounter", Kind::reference, {"encounter"}, {}},
    {"Condition", "onset-date", Kind::date, {"onsetDateTime", "onsetPeriod"}, {}},
    {"Condition", "recorded-date", Kind::date, {"recordedDate"}, {}},
    {"Encounter", "status", Kind::token, {"status"}, hl7 + "encounter-status"},
    {"Encounter", "class", Kind::token, {"class"}, {}},
    {"Encounter", "type", Kind::token, {"type"}, {}},
    {"Encounter", "subject", Kind::reference, {"subject"}, {}},
    {"Encounter", "patient", Kind::reference, {"subject"}, "Patient"},
    {"Encounter", "date", Kind::date, {"period"}, {}},
    {"Encounter", "service-provider", Kind::reference, {"serviceProvider"}, {}},
    {"Organization", "name", Kind::text, {"name", "alias"}, {}},
    {"Organization", "identifier", Kind::token, {"identifier"}, {}},
    {"Organization", "partof", Kind::reference, {"partOf"}, {}},
    {"Organization", "active", Kind::token, {"active"}, {}},
    {"MedicationRequest", "status", Kind::token, {"status"}, hl7 + "CodeSystem/medicationrequest-status"},
    {"MedicationRequest", "code", Kind::token, {"medicationCodeableConcept"}, {}},
    {"MedicationRequest", "subject", Kind::reference, {"subject"}, {}},
    {"MedicationRequest", "patient", Kind::reference, {"subject"}, "Patient"},
    {"MedicationRequest", "authoredon", Kind::date, {"authoredOn"}, {}},
  };
  return all;
}
// clang-format on

inline const Parameter* parameter(const std::string& type, const std::string& code) {
  for (const auto& one : parameters())
    if (one.type == type && one.code == code) return &one;
  return nullptr;
}

}  // namespace tasuki::record::oracle
