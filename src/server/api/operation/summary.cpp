// Patient/[id]/$summary: an International Patient Summary as a document, made when it is asked for.
// IPS 2.0, OperationDefinition-summary.html, Bundle-uv-ips
#include "base/utf8.h"
#include "base/uuid.h"
#include "fhir/search/query.h"
#include "json/parse.h"
#include "server/api/operation/document.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"
#include "server/api/operation/summary/composition.h"
#include "server/api/parameters.h"
#include "server/faces/chart.h"

namespace tasuki::server::api {
namespace {

// What entries refer to (a medicine, a prescriber), and what those do (the prescriber's hospital).
constexpr int summary_rounds = 2;

Result<void> check_profile(const Input& input) {
  const auto profile = input.text("profile");
  if (!profile || *profile == summary::bundle_profile || *profile == summary::composition_profile)
    return {};
  return Error{Error::Kind::unsupported,
               fmt::format("Summaries are made by the profile {}, not {}.",
                           summary::composition_profile, utf8::head(*profile, 200)),
               "profile"};
}

Result<record::Resource> patient_by_identifier(Call& call, const Input& input) {
  const auto identifier = input.text("identifier");
  if (!identifier)
    return Error{Error::Kind::invalid,
                 "$summary is of Patient/[id], or needs the parameter identifier (system|value).",
                 "identifier"};
  auto query = TRY(fhir::search::parse(call.definitions, call.target.type,
                                       "identifier=" + percent_encoded(*identifier)));
  query.count = 2;
  auto found = TRY(call.session.search(query));
  if (found.matches.empty())
    return Error{Error::Kind::not_found, "No Patient has this identifier.", "identifier"};
  if (found.matches.size() > 1)
    return Error{Error::Kind::conflict,
                 "Several Patients have this identifier: say which by Patient/[id]/$summary.",
                 "identifier"};
  return std::move(found.matches.front());
}

std::string name_of(const record::Resource& patient) {
  const auto document = json::parse(patient.body);
  if (!document) return {};
  const auto* names = document->root.find("name");
  if (names == nullptr || names->items().empty()) return {};
  const json::Value& name = names->items().front();
  const auto text = name.text_of("text");
  if (!text.empty()) return std::string(text);
  return fmt::format("{} {}", name.text_of("family"), faces::text_at(name, {"given"}));
}

DocumentEntry author_entry(const std::string& url) {
  return {url, fmt::format(R"({{"resourceType":"Device","id":"{}","manufacturer":"Tasuki",)"
                           R"("deviceName":[{{"name":"Tasuki","type":"user-friendly-name"}}]}})",
                           url.substr(url.rfind(':') + 1))};
}

}  // namespace

Reply patient_summary(Call& call, const Input& input) {
  TRY(check_profile(input));
  record::Resource patient = call.target.id.empty()
                                 ? TRY(patient_by_identifier(call, input))
                                 : TRY(call.session.read(call.target.type, call.target.id));
  std::vector<std::string> patients = {patient.id};
  if (TRY(input.truth("_linked", true))) patients = TRY(linked_records(call.session, patient.id));
  const std::string today = faces::day_of(format_instant(call.session.time()));
  auto sections = TRY(summary::load_sections(call.session, call.definitions, patients, today));

  const summary::Head head{.id = random_uuid(),
                           .base = call.base,
                           .patient = "Patient/" + patient.id,
                           .name = name_of(patient),
                           .author_url = "urn:uuid:" + random_uuid(),
                           .facility = call.session.principal().organisation,
                           .time = call.session.time()};
  record::Resource composition;
  composition.type = *call.definitions.resource_type("Composition");
  composition.id = head.id;
  composition.body = summary::composition_text(head, call.definitions, sections);

  std::vector<record::Resource> known = {std::move(patient)};
  for (summary::Section& section : sections)
    for (summary::SectionEntry& entry : section.entries)
      known.push_back(std::move(entry.resource));
  auto entries =
      TRY(gather_document(call, std::move(composition), std::move(known), summary_rounds));
  entries.front().full_url = "urn:uuid:" + head.id;
  entries.push_back(author_entry(head.author_url));
  return Answer{.done = Answer::Done::ok,
                .body = document_text(entries, call.session.time(), summary::bundle_profile)};
}

}  // namespace tasuki::server::api
