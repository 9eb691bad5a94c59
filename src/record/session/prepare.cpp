#include "record/session/prepare.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/uuid.h"
#include "fhir/search/defined.h"
#include "json/print.h"
#include "record/consent/roles.h"
#include "record/identity/persons.h"
#include "store/pack.h"

namespace tasuki::record {

namespace {

constexpr size_t id_bytes_max = 64;  // FHIR R4 datatypes.html#id

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= id_bytes_max && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

// A SearchParameter that cannot be answered is not taken, rather than never answered.
Result<void> check_parameter(const fhir::Definitions& definitions, const json::Value& resource,
                             std::vector<fhir::Finding>& findings) {
  if (!fhir::search::is_active(definitions, resource)) return {};
  auto parameter =
      fhir::search::read_parameter(definitions, resource, fhir::search::Beside::active);
  if (parameter) return {};
  const auto& reason = parameter.error();
  findings.insert(findings.begin(),
                  {.severity = fhir::Finding::Severity::error,
                   .code = "invalid",
                   .location = reason.location,
                   .message = reason.message,
                   .message_ja = "この検索パラメーターでは検索できません。" + reason.message});
  return reason;
}

Result<void> check_request(const Inside& inside, const Principal& principal, const Change& change) {
  const auto type = inside.definitions().name(change.type);
  if (!may(principal.role, Action::write, type)) {
    return Error{Error::Kind::forbidden,
                 fmt::format("The role {} may not write {}.", name_of(principal.role), type),
                 std::string(type)};
  }
  if (change.action != Change::Action::create && !is_id(change.id)) {
    return Error{Error::Kind::invalid, "An id has 1 to 64 of A-Z a-z 0-9 - and . characters.",
                 "id"};
  }
  if (change.action == Change::Action::remove) return {};
  if (change.resource == nullptr || !change.resource->is_object()) {
    return Error{Error::Kind::invalid, "There is no resource in the body.", {}};
  }
  if (change.resource->text_of("resourceType") != type) {
    return Error{Error::Kind::invalid,
                 fmt::format("The body's resourceType is {}, the request is about {}.",
                             change.resource->text_of("resourceType"), type),
                 "resourceType"};
  }
  if (change.action == Change::Action::update && change.resource->text_of("id") != change.id) {
    return Error{
        Error::Kind::invalid,
        fmt::format("The body's id is \"{}\", the request's is \"{}\"; they must be the same.",
                    change.resource->text_of("id"), change.id),
        "id"};
  }
  return {};
}

Result<void> check_content(const Inside& inside, const Principal& principal, const Change& change,
                           std::vector<fhir::Finding>& findings) {
  const auto type = inside.definitions().name(change.type);
  findings = fhir::check_write(inside.definitions(), inside.gate(),
                               inside.gate().policy_for(principal.id), *change.resource);
  const auto worst =
      std::ranges::find(findings, fhir::Finding::Severity::error, &fhir::Finding::severity);
  if (worst == findings.end() && type == "SearchParameter")
    return check_parameter(inside.definitions(), *change.resource, findings);
  if (worst == findings.end()) return {};
  return Error{Error::Kind::invalid, worst->message, worst->location};
}

// Whom the resource is about: the patients its compartment elements name.
std::vector<std::string> patients_named(const fhir::Definitions& definitions, fhir::TypeId type,
                                        const std::vector<fhir::search::Extracted>& extracted) {
  std::vector<std::string> patients;
  for (const auto code : definitions.patient_links(type)) {
    for (const auto& one : extracted) {
      if (one.parameter->code != code) continue;
      for (const auto& value : one.values) {
        const auto* link = std::get_if<fhir::search::Link>(&value);
        if (link != nullptr && link->type == "Patient") patients.push_back(link->id);
      }
    }
  }
  std::ranges::sort(patients);
  patients.erase(std::ranges::unique(patients).begin(), patients.end());
  return patients;
}

// A Binary is guarded as what it belongs to: binary.html#security. Where that is not a patient it
// stays with its own organisation, as anything about nobody in particular does.
std::string guarded_as(const json::Value& binary) {
  const json::Value* context = binary.find("securityContext");
  const auto reference = context == nullptr ? std::string_view() : context->text_of("reference");
  constexpr std::string_view patient = "Patient/";
  const bool names_one = reference.starts_with(patient) && is_id(reference.substr(patient.size()));
  return std::string(names_one ? reference : private_subject);
}

std::string subject_of(const fhir::Definitions& definitions, fhir::TypeId type, std::string_view id,
                       const json::Value& resource,
                       const std::vector<fhir::search::Extracted>& extracted) {
  const auto name = definitions.name(type);
  if (name == "Patient") return "Patient/" + std::string(id);
  if (name == "Binary") return guarded_as(resource);
  const auto patients = patients_named(definitions, type, extracted);
  if (patients.size() == 1) return "Patient/" + patients.front();
  if (patients.empty() && is_shared(name)) return {};
  return std::string(private_subject);
}

bool stands_already(const RecentBodies& recent, const store::Put& put, const Change& change) {
  if (change.unless_exists) return recent.stands(put.key);
  return change.unless_same && recent.stands(put.key, put.body.hash);
}

Prepared begin(const Inside& inside, const Principal& principal, const Change& change) {
  Prepared prepared;
  prepared.change = &change;
  auto& put = prepared.put;
  put.key = {inside.kind_of(change.type), change.id.empty() ? random_uuid() : change.id};
  put.owner =
      principal.role == Role::patient ? "person/" + principal.person : principal.organisation;
  put.origin.author = principal.id;
  put.unless_same = change.unless_same;
  put.expected_number = change.if_match;
  if (change.action == Change::Action::create) put.expected_number = 0;
  put.deleted = change.action == Change::Action::remove;
  return prepared;
}

void add_body(const Inside& inside, Prepared& prepared) {
  const Change& change = *prepared.change;
  const auto& definitions = inside.definitions();
  prepared.body = canonical(definitions.name(change.type), prepared.put.key.id, *change.resource);
  prepared.generation = definitions.generation(change.type);
  prepared.put.body.hash = store::hash_of(prepared.body);
}

// The bytes to keep, what they are found by, and whom they are about.
void add_index(Inside& inside, Prepared& prepared) {
  const Change& change = *prepared.change;
  const auto& definitions = inside.definitions();
  auto& put = prepared.put;
  put.body.bytes = store::pack_bytes(prepared.body);
  // The resource as it is kept has this id, whatever the sender wrote: a create's id is the
  // server's choice.
  json::Document copy;
  const json::Value* resource = change.resource;
  if (resource->text_of("id") != put.key.id) {
    copy.root = json::clone(*resource, copy.arena);
    copy.root.set(copy.arena, "id", json::Value::string(copy.arena, put.key.id));
    resource = &copy.root;
  }
  const auto extracted = fhir::search::extract(definitions, change.type, *resource);
  put.index = inside.indexer().index(change.type, *resource, extracted);
  put.subject = subject_of(definitions, change.type, put.key.id, *resource, extracted);
  if (put.subject.starts_with("Patient/")) prepared.patient = put.subject;
  if (definitions.name(change.type) == "Patient") {
    prepared.traits = traits_of(*resource);
    std::ranges::move(inside.persons().terms(*prepared.traits),
                      std::back_inserter(put.index.terms));
  }
}

}  // namespace

Result<Prepared> prepare(Inside& inside, const Principal& principal, const Change& change,
                         std::vector<fhir::Finding>& findings, Believes believes) {
  TRY(check_request(inside, principal, change));
  Prepared prepared = begin(inside, principal, change);
  if (prepared.put.deleted) return prepared;
  add_body(inside, prepared);
  auto& put = prepared.put;
  put.only_same = believes == Believes::recent && stands_already(inside.recent(), put, change);
  if (put.only_same) return prepared;
  TRY(check_content(inside, principal, change, findings));
  add_index(inside, prepared);
  return prepared;
}

Prepared prepare_unasked(Inside& inside, const Principal& principal, const Change& change) {
  Prepared prepared = begin(inside, principal, change);
  if (prepared.put.deleted) return prepared;
  add_body(inside, prepared);
  add_index(inside, prepared);
  return prepared;
}

Result<std::string> body_of(const Prepared& prepared) {
  if (!prepared.body.empty()) return prepared.body;
  return store::unpack_bytes(prepared.put.body.bytes);
}

store::Index index_of(const Inside& inside, fhir::TypeId type, const json::Value& resource) {
  const auto extracted = fhir::search::extract(inside.definitions(), type, resource);
  auto index = inside.indexer().index(type, resource, extracted);
  if (inside.definitions().name(type) == "Patient") {
    std::ranges::move(inside.persons().terms(traits_of(resource)), std::back_inserter(index.terms));
  }
  return index;
}

std::string canonical(std::string_view type, std::string_view id, const json::Value& resource) {
  std::string out;
  out.reserve(1024);
  out.append(R"({"resourceType":")")
      .append(type)
      .append(R"(","id":")")
      .append(id)
      .append(R"(","meta":{)");
  const auto member = [&](const json::Member& one, bool first) {
    if (!first) out += ',';
    json::print_string(one.name, out);
    out += ':';
    json::print(one.value, out);
  };
  if (const auto* meta = resource.find("meta")) {
    bool first = true;
    for (const auto& one : meta->members()) {
      if (one.name == "versionId" || one.name == "lastUpdated") continue;
      member(one, first);
      first = false;
    }
  }
  out += '}';
  for (const auto& one : resource.members()) {
    if (one.name != "resourceType" && one.name != "id" && one.name != "meta") member(one, false);
  }
  out += '}';
  return out;
}

}  // namespace tasuki::record
