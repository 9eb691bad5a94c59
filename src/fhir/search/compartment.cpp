// The patient compartment is in the image of the definitions. The other four are not in the package
// that the image is made from; they stand here as R4 4.0.1 has them, and a test holds each name to
// the search parameters of its type.
#include "fhir/search/compartment.h"

#include <algorithm>

#include "fhir/search/escape.h"

namespace tasuki::fhir::search {
namespace {

constexpr std::string_view types_with_compartment[] = {"Device", "Encounter", "Patient",
                                                       "Practitioner", "RelatedPerson"};

struct CompartmentRow {
  std::string_view compartment, type, links;
};
// clang-format off
constexpr CompartmentRow compartment_rows[] = {
    {"Device", "Account", "subject"},
    {"Device", "Appointment", "actor"},
    {"Device", "AppointmentResponse", "actor"},
    {"Device", "AuditEvent", "agent"},
    {"Device", "ChargeItem", "enterer performer-actor"},
    {"Device", "Claim", "procedure-udi item-udi detail-udi subdetail-udi"},
    {"Device", "Communication", "sender recipient"},
    {"Device", "CommunicationRequest", "sender recipient"},
    {"Device", "Composition", "author"},
    {"Device", "DetectedIssue", "author"},
    {"Device", "DeviceRequest", "device subject requester performer"},
    {"Device", "DeviceUseStatement", "device"},
    {"Device", "DiagnosticReport", "subject"},
    {"Device", "DocumentManifest", "subject author"},
    {"Device", "DocumentReference", "subject author"},
    {"Device", "ExplanationOfBenefit", "procedure-udi item-udi detail-udi subdetail-udi"},
    {"Device", "Flag", "author"},
    {"Device", "Group", "member"},
    {"Device", "Invoice", "participant"},
    {"Device", "List", "subject source"},
    {"Device", "Media", "subject"},
    {"Device", "MedicationAdministration", "device"},
    {"Device", "MessageHeader", "target"},
    {"Device", "Observation", "subject device"},
    {"Device", "Provenance", "agent"},
    {"Device", "QuestionnaireResponse", "author"},
    {"Device", "RequestGroup", "author"},
    {"Device", "RiskAssessment", "performer"},
    {"Device", "Schedule", "actor"},
    {"Device", "ServiceRequest", "performer requester"},
    {"Device", "Specimen", "subject"},
    {"Device", "SupplyRequest", "requester"},
    {"Encounter", "CarePlan", "encounter"},
    {"Encounter", "CareTeam", "encounter"},
    {"Encounter", "ChargeItem", "context"},
    {"Encounter", "Claim", "encounter"},
    {"Encounter", "ClinicalImpression", "encounter"},
    {"Encounter", "Communication", "encounter"},
    {"Encounter", "CommunicationRequest", "encounter"},
    {"Encounter", "Composition", "encounter"},
    {"Encounter", "Condition", "encounter"},
    {"Encounter", "DeviceRequest", "encounter"},
    {"Encounter", "DiagnosticReport", "encounter"},
    {"Encounter", "DocumentManifest", "related-ref"},
    {"Encounter", "DocumentReference", "encounter"},
    {"Encounter", "ExplanationOfBenefit", "encounter"},
    {"Encounter", "Media", "encounter"},
    {"Encounter", "MedicationAdministration", "context"},
    {"Encounter", "MedicationRequest", "encounter"},
    {"Encounter", "NutritionOrder", "encounter"},
    {"Encounter", "Observation", "encounter"},
    {"Encounter", "Procedure", "encounter"},
    {"Encounter", "QuestionnaireResponse", "encounter"},
    {"Encounter", "RequestGroup", "encounter"},
    {"Encounter", "ServiceRequest", "encounter"},
    {"Encounter", "VisionPrescription", "encounter"},
    {"Practitioner", "Account", "subject"},
    {"Practitioner", "AdverseEvent", "recorder"},
    {"Practitioner", "AllergyIntolerance", "recorder asserter"},
    {"Practitioner", "Appointment", "actor"},
    {"Practitioner", "AppointmentResponse", "actor"},
    {"Practitioner", "AuditEvent", "agent"},
    {"Practitioner", "Basic", "author"},
    {"Practitioner", "CarePlan", "performer"},
    {"Practitioner", "CareTeam", "participant"},
    {"Practitioner", "ChargeItem", "enterer performer-actor"},
    {"Practitioner", "Claim", "enterer provider payee care-team"},
    {"Practitioner", "ClaimResponse", "requestor"},
    {"Practitioner", "ClinicalImpression", "assessor"},
    {"Practitioner", "Communication", "sender recipient"},
    {"Practitioner", "CommunicationRequest", "sender recipient requester"},
    {"Practitioner", "Composition", "subject author attester"},
    {"Practitioner", "Condition", "asserter"},
    {"Practitioner", "CoverageEligibilityRequest", "enterer provider"},
    {"Practitioner", "CoverageEligibilityResponse", "requestor"},
    {"Practitioner", "DetectedIssue", "author"},
    {"Practitioner", "DeviceRequest", "requester performer"},
    {"Practitioner", "DiagnosticReport", "performer"},
    {"Practitioner", "DocumentManifest", "subject author recipient"},
    {"Practitioner", "DocumentReference", "subject author authenticator"},
    {"Practitioner", "Encounter", "practitioner participant"},
    {"Practitioner", "EpisodeOfCare", "care-manager"},
    {"Practitioner", "ExplanationOfBenefit", "enterer provider payee care-team"},
    {"Practitioner", "Flag", "author"},
    {"Practitioner", "Group", "member"},
    {"Practitioner", "Immunization", "performer"},
    {"Practitioner", "Invoice", "participant"},
    {"Practitioner", "Linkage", "author"},
    {"Practitioner", "List", "source"},
    {"Practitioner", "Media", "subject operator"},
    {"Practitioner", "MedicationAdministration", "performer"},
    {"Practitioner", "MedicationDispense", "performer receiver"},
    {"Practitioner", "MedicationRequest", "requester"},
    {"Practitioner", "MedicationStatement", "source"},
    {"Practitioner", "MessageHeader", "receiver author responsible enterer"},
    {"Practitioner", "NutritionOrder", "provider"},
    {"Practitioner", "Observation", "performer"},
    {"Practitioner", "Patient", "general-practitioner"},
    {"Practitioner", "PaymentNotice", "provider"},
    {"Practitioner", "PaymentReconciliation", "requestor"},
    {"Practitioner", "Person", "practitioner"},
    {"Practitioner", "PractitionerRole", "practitioner"},
    {"Practitioner", "Procedure", "performer"},
    {"Practitioner", "Provenance", "agent"},
    {"Practitioner", "QuestionnaireResponse", "author source"},
    {"Practitioner", "RequestGroup", "participant author"},
    {"Practitioner", "ResearchStudy", "principalinvestigator"},
    {"Practitioner", "RiskAssessment", "performer"},
    {"Practitioner", "Schedule", "actor"},
    {"Practitioner", "ServiceRequest", "performer requester"},
    {"Practitioner", "Specimen", "collector"},
    {"Practitioner", "SupplyDelivery", "supplier receiver"},
    {"Practitioner", "SupplyRequest", "requester"},
    {"Practitioner", "VisionPrescription", "prescriber"},
    {"RelatedPerson", "AdverseEvent", "recorder"},
    {"RelatedPerson", "AllergyIntolerance", "asserter"},
    {"RelatedPerson", "Appointment", "actor"},
    {"RelatedPerson", "AppointmentResponse", "actor"},
    {"RelatedPerson", "Basic", "author"},
    {"RelatedPerson", "CarePlan", "performer"},
    {"RelatedPerson", "CareTeam", "participant"},
    {"RelatedPerson", "ChargeItem", "enterer performer-actor"},
    {"RelatedPerson", "Claim", "payee"},
    {"RelatedPerson", "Communication", "sender recipient"},
    {"RelatedPerson", "CommunicationRequest", "sender recipient requester"},
    {"RelatedPerson", "Composition", "author"},
    {"RelatedPerson", "Condition", "asserter"},
    {"RelatedPerson", "Coverage", "policy-holder subscriber payor"},
    {"RelatedPerson", "DocumentManifest", "author recipient"},
    {"RelatedPerson", "DocumentReference", "author"},
    {"RelatedPerson", "Encounter", "participant"},
    {"RelatedPerson", "ExplanationOfBenefit", "payee"},
    {"RelatedPerson", "Invoice", "recipient"},
    {"RelatedPerson", "MedicationAdministration", "performer"},
    {"RelatedPerson", "MedicationStatement", "source"},
    {"RelatedPerson", "Observation", "performer"},
    {"RelatedPerson", "Patient", "link"},
    {"RelatedPerson", "Person", "link"},
    {"RelatedPerson", "Procedure", "performer"},
    {"RelatedPerson", "Provenance", "agent"},
    {"RelatedPerson", "QuestionnaireResponse", "author source"},
    {"RelatedPerson", "RequestGroup", "participant"},
    {"RelatedPerson", "Schedule", "actor"},
    {"RelatedPerson", "ServiceRequest", "performer"},
    {"RelatedPerson", "SupplyRequest", "requester"},
};
// clang-format on

}  // namespace

std::span<const std::string_view> compartment_types() {
  return types_with_compartment;
}

std::vector<std::string_view> compartment_links(const Definitions& definitions, TypeId compartment,
                                                TypeId type) {
  const auto name = definitions.name(compartment);
  if (name == "Patient") {
    const auto links = definitions.patient_links(type);
    return {links.begin(), links.end()};
  }
  const auto* row = std::ranges::find_if(compartment_rows, [&](const CompartmentRow& each) {
    return each.compartment == name && each.type == definitions.name(type);
  });
  if (row == std::end(compartment_rows)) return {};
  return split(row->links, ' ');
}

bool is_in(const Definitions& definitions, const Subject& subject, const Compartment& compartment) {
  if (subject.type == compartment.type && subject.id == compartment.id) return true;
  const auto links = compartment_links(definitions, compartment.type, subject.type);
  return std::ranges::any_of(links, [&](std::string_view code) {
    const auto* parameter = definitions.search_parameter(subject.type, code);
    if (parameter == nullptr) return false;
    const auto found = links_under(definitions, subject, *parameter);
    return std::ranges::any_of(found, [&](const Link& link) {
      return link.type == definitions.name(compartment.type) && link.id == compartment.id;
    });
  });
}

}  // namespace tasuki::fhir::search
