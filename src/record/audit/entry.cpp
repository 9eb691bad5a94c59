#include "record/audit/entry.h"

#include "json/print.h"
#include "record/base64.h"
#include "record/consent/roles.h"

namespace tasuki::record {

namespace {

void append_all(std::string& out, std::initializer_list<std::string_view> parts) {
  for (const auto part : parts)
    out += part;
}

// audit-entity-type 2: system object; 1: person. object-role 1: patient; 4: domain resource; 24:
// query.
void append_entities(std::string& out, const AuditEntry& entry) {
  out += R"(,"entity":[)";
  const char* separator = "";
  for (const auto& what : entry.what) {
    append_all(out, {separator, R"({"what":{"reference":")", what,
                     R"("},"type":{"code":"2"},"role":{"code":"4"}})"});
    separator = ",";
  }
  for (const auto& patient : entry.patients) {
    append_all(out, {separator, R"({"what":{"reference":")", patient,
                     R"("},"type":{"code":"1"},"role":{"code":"1"}})"});
    separator = ",";
  }
  if (!entry.query.empty()) {
    append_all(out, {separator, R"({"type":{"code":"2"},"role":{"code":"24"},"query":")",
                     base64(entry.query), R"(","description":")", std::to_string(entry.count),
                     R"( returned"})"});
  }
  out += ']';
}

// DICOM PS3.15 A.5 for sign-ins, FHIR's own interactions for the rest.
void append_type(std::string& out, std::string_view interaction) {
  const bool login = interaction == "login";
  if (login || interaction == "logout") {
    append_all(
        out, {R"("type":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110114"},)"
              R"("subtype":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":")",
              login ? "110122" : "110123", R"("}])"});
    return;
  }
  append_all(
      out,
      {R"("type":{"system":"http://terminology.hl7.org/CodeSystem/audit-event-type","code":"rest"},)"
       R"("subtype":[{"system":"http://hl7.org/fhir/restful-interaction","code":")",
       interaction, R"("}])"});
}

}  // namespace

std::string print(const AuditEntry& entry, const Principal& principal, Purpose purpose) {
  std::string out;
  out.reserve(1024);
  const std::string_view action(&entry.action, 1), outcome(&entry.outcome, 1);
  out += R"({"resourceType":"AuditEvent",)";
  append_type(out, entry.interaction);
  append_all(out, {R"(,"action":")", action, R"(","recorded":")", format_instant(entry.time),
                   R"(","outcome":")", outcome, R"(")"});
  if (!entry.detail.empty()) {
    out += R"(,"outcomeDesc":)";
    json::print_string(entry.detail, out);
  }
  append_all(
      out,
      {R"(,"purposeOfEvent":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":")",
       name_of(purpose), R"("}]}],"agent":[{"who":{"identifier":{"value":)"});
  json::print_string(principal.id, out);
  out += R"(},"display":)";
  json::print_string(principal.name, out);
  append_all(out, {R"(},"role":[{"text":")", name_of(principal.role), R"("}],"requestor":true)"});
  if (!principal.organisation.empty()) {
    out += R"(,"location":{"identifier":{"value":)";
    json::print_string(principal.organisation, out);
    out += "}}";
  }
  out += R"(}],"source":{"observer":{"display":"tasuki"}})";
  append_entities(out, entry);
  out += '}';
  return out;
}

}  // namespace tasuki::record
