// Session: read, vread, history.
#include <fmt/core.h>

#include "record/consent/roles.h"
#include "record/inside.h"
#include "record/session/trace.h"

namespace tasuki::record {

Session::Session(Door& door, Principal principal, Purpose purpose, Instant time)
    : door_(door), principal_(std::move(principal)), purpose_(purpose), time_(time) {}

Session Door::session(Principal principal, Purpose purpose, Instant time) {
  return Session(*this, std::move(principal), purpose, time);
}

namespace {

Error absent(std::string_view type, std::string_view id) {
  return {Error::Kind::not_found, fmt::format("There is no {}/{}.", type, id), {}};
}

Result<void> check_role(Inside& inside, const Session& session, std::string_view interaction,
                        std::string_view type) {
  const Role role = session.principal().role;
  if (may(role, Action::read, type)) return {};
  return traced(
      inside, session, interaction,
      {Error::Kind::forbidden, fmt::format("The role {} may not read {}.", name_of(role), type),
       std::string(type)});
}

// Denied and absent answer alike; only the trace tells them apart (security.md 2.8, rule 3).
Result<Resource> refuse(Inside& inside, const Session& session, std::string_view interaction,
                        const store::Version& version, Error answer, const std::string& patient) {
  AuditEntry entry;
  entry.interaction = interaction;
  entry.outcome = '4';
  entry.time = session.time();
  entry.what.push_back(reference_of(inside, version));
  if (!patient.empty()) entry.patients.push_back(patient);
  entry.detail = "not permitted by consent";
  TRY(leave_trace(inside, session, entry));
  return answer;
}

Result<void> trace_read(Inside& inside, const Session& session, std::string_view interaction,
                        const store::Version& version, std::string patient) {
  AuditEntry entry;
  entry.interaction = interaction;
  entry.time = session.time();
  entry.what.push_back(reference_of(inside, version));
  if (!patient.empty()) entry.patients.push_back(std::move(patient));
  entry.count = 1;
  return leave_trace(inside, session, entry);
}

}  // namespace

Result<std::string> patient_of(Inside& inside, store::Reader& reader,
                               const store::Version& version) {
  auto name = TRY(inside.name_of(reader, version.subject));
  return name.starts_with("Patient/") ? std::move(name) : std::string();
}

std::string reference_of(const Inside& inside, const store::Version& version) {
  std::string text(inside.definitions().name(inside.type_of(version.key.kind)));
  text.append("/")
      .append(version.key.id)
      .append("/_history/")
      .append(std::to_string(version.number));
  return text;
}

Result<Resource> Session::read(fhir::TypeId type, std::string_view id) {
  Inside& inside = record::inside(door_);
  const auto type_name = inside.definitions().name(type);
  TRY(check_role(inside, *this, "read", type_name));
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  const auto version = TRY(reader->current({inside.kind_of(type), std::string(id)}));
  if (!version) return absent(type_name, id);
  auto patient = TRY(patient_of(inside, *reader, *version));
  if (!access.admits(version->owner, version->subject)) {
    return refuse(inside, *this, "read", *version, absent(type_name, id), patient);
  }
  TRY(trace_read(inside, *this, "read", *version, std::move(patient)));
  if (version->deleted)
    return Error{Error::Kind::gone, fmt::format("{}/{} was deleted.", type_name, id), {}};
  return resource_of(inside, *version);
}

Result<Resource> Session::read_version(fhir::TypeId type, std::string_view id, uint32_t number) {
  Inside& inside = record::inside(door_);
  const auto type_name = inside.definitions().name(type);
  TRY(check_role(inside, *this, "read", type_name));
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  const store::Key key{inside.kind_of(type), std::string(id)};
  const auto current = TRY(reader->current(key));
  const auto version = TRY(reader->version(key, number));
  const Error none{Error::Kind::not_found,
                   fmt::format("There is no version {} of {}/{}.", number, type_name, id),
                   {}};
  if (!current || !version) return none;
  auto patient = TRY(patient_of(inside, *reader, *version));
  // Today's owner and subject rule over old versions, too: narrowing reaches back.
  if (!access.admits(current->owner, current->subject) ||
      !access.admits(version->owner, version->subject)) {
    return refuse(inside, *this, "vread", *version, none, patient);
  }
  TRY(trace_read(inside, *this, "vread", *version, std::move(patient)));
  if (version->deleted)
    return Error{Error::Kind::gone,
                 fmt::format("{}/{} was deleted in version {}.", type_name, id, number),
                 {}};
  return resource_of(inside, *version);
}

Result<HistoryResult> Session::history(const HistoryRequest& request) {
  Inside& inside = record::inside(door_);
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));

  store::HistoryQuery query;
  query.before = request.before;
  query.since = request.since;
  query.count_max = std::min<size_t>(request.count, fhir::search::count_max);
  const Role role = principal_.role;
  query.admits = access.predicate();
  if (request.type) {
    const auto name = inside.definitions().name(*request.type);
    TRY(check_role(inside, *this, "history-type", name));
    query.kind = inside.kind_of(*request.type);
    if (!request.id.empty()) query.key = store::Key{*query.kind, request.id};
  }
  if (query.key) {
    const auto current = TRY(reader->current(*query.key));
    if (!current) return absent(inside.definitions().name(*request.type), request.id);
    if (!access.admits(current->owner, current->subject)) {
      const auto patient = TRY(patient_of(inside, *reader, *current));
      const auto refused =
          refuse(inside, *this, "history-instance", *current,
                 absent(inside.definitions().name(*request.type), request.id), patient);
      return refused.error();
    }
  }
  const auto page = TRY(reader->history(query));

  HistoryResult result;
  AuditEntry entry;
  entry.interaction = query.key    ? "history-instance"
                      : query.kind ? "history-type"
                                   : "history-system";
  entry.time = time_;
  for (const auto& version : page.versions) {
    result.next = version.sequence;
    if (!may(role, Action::read, inside.definitions().name(inside.type_of(version.key.kind))))
      continue;
    result.versions.push_back(resource_of(inside, version));
    entry.what.push_back(reference_of(inside, version));
    auto patient = TRY(patient_of(inside, *reader, version));
    if (!patient.empty() && std::ranges::find(entry.patients, patient) == entry.patients.end()) {
      entry.patients.push_back(std::move(patient));
    }
  }
  if (!page.more) result.next.reset();
  // A total counted over everybody's versions would tell of hidden ones: only where nothing can be
  // hidden.
  if (query.key || role == Role::system) result.total = page.total;
  entry.count = result.versions.size();
  TRY(leave_trace(inside, *this, entry));
  return result;
}

}  // namespace tasuki::record
