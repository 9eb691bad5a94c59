#include "record/consent/roles.h"

#include <algorithm>
#include <array>
#include <span>

namespace tasuki::record {

namespace {

using Types = std::span<const std::string_view>;

constexpr std::string_view shared_types[] = {
    "ActivityDefinition",
    "CapabilityStatement",
    "ChargeItemDefinition",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "DeviceDefinition",
    "Endpoint",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "GraphDefinition",
    "HealthcareService",
    "ImplementationGuide",
    "InsurancePlan",
    "Library",
    "Location",
    "Measure",
    "Medication",
    "MedicationKnowledge",
    "MessageDefinition",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "Schedule",
    "SearchParameter",
    "Slot",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Substance",
    "TerminologyCapabilities",
    "TestScript",
    "ValueSet",
};

// 事務: reception and insurance, no clinical content.
constexpr std::string_view clerk_types[] = {
    "Account",
    "Appointment",
    "AppointmentResponse",
    "Consent",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "Encounter",
    "EpisodeOfCare",
    "Patient",
    "RelatedPerson",
    "Task",
};
// 介護職: who it is, what to watch for, what is taken, the plan and the team.
constexpr std::string_view care_worker_types[] = {
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Communication",
    "CommunicationRequest",
    "Coverage",
    "Encounter",
    "Flag",
    "Goal",
    "Immunization",
    "List",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Patient",
    "RelatedPerson",
    "Task",
};
constexpr std::string_view care_worker_writes[] = {
    "CarePlan", "Communication", "CommunicationRequest", "Goal", "Observation", "Task",
};
// 薬剤師: everything but images and care records.
constexpr std::string_view hidden_from_pharmacist[] = {"CarePlan", "ImagingStudy", "Media"};
constexpr std::string_view patient_writes[] = {"Communication", "Consent", "QuestionnaireResponse"};

bool has(Types types, std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

bool may_read(Role role, std::string_view type) {
  if (is_shared(type)) return true;
  switch (role) {
    case Role::pharmacist:
      return !has(hidden_from_pharmacist, type);
    case Role::care_worker:
      return has(care_worker_types, type);
    case Role::clerk:
      return has(clerk_types, type);
    default:
      return true;
  }
}

bool may_write(Role role, std::string_view type) {
  switch (role) {
    case Role::patient:
      return has(patient_writes, type);
    case Role::care_worker:
      return has(care_worker_writes, type);
    case Role::clerk:
      return has(clerk_types, type) || is_shared(type);
    default:
      return may_read(role, type);
  }
}

struct RoleName {
  Role role;
  std::string_view name;
};
constexpr RoleName role_names[] = {
    {Role::doctor, "doctor"}, {Role::pharmacist, "pharmacist"},
    {Role::nurse, "nurse"},   {Role::care_worker, "care_worker"},
    {Role::clerk, "clerk"},   {Role::patient, "patient"},
    {Role::feed, "feed"},     {Role::system, "system"},
};

}  // namespace

bool is_shared(std::string_view type) {
  return std::ranges::binary_search(shared_types, type);
}

bool may(Role role, Action action, std::string_view type) {
  return action == Action::read ? may_read(role, type) : may_write(role, type);
}

std::string_view name_of(Role role) {
  for (const auto& one : role_names) {
    if (one.role == role) return one.name;
  }
  return {};
}

std::optional<Role> role_of(std::string_view name) {
  for (const auto& one : role_names) {
    if (one.name == name) return one.role;
  }
  return std::nullopt;
}

std::string_view name_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::treatment:
      return "TREAT";
    case Purpose::operations:
      return "HOPERAT";
    case Purpose::patient_request:
      return "PATRQT";
    case Purpose::emergency:
      return "ETREAT";
  }
  return {};
}

std::vector<fhir::TypeId> readable(const fhir::Definitions& definitions, Role role,
                                   const std::vector<fhir::TypeId>& asked) {
  std::vector<fhir::TypeId> types;
  const auto add = [&](fhir::TypeId type) {
    if (may(role, Action::read, definitions.name(type))) types.push_back(type);
  };
  if (asked.empty()) {
    for (const auto type : definitions.resource_types())
      add(type);
  } else {
    for (const auto type : asked)
      add(type);
  }
  return types;
}

}  // namespace tasuki::record
