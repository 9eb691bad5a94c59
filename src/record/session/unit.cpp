#include "record/session/unit.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "json/parse.h"
#include "record/consent/compile.h"
#include "record/consent/consents.h"
#include "record/once.h"
#include "record/parameters.h"
#include "record/session/stored.h"
#include "record/session/trace.h"

namespace tasuki::record {

namespace {

std::string_view interaction_of(const UnitOfWork& unit) {
  if (!unit.erased.empty()) return "delete";
  if (unit.changes.size() != 1 || unit.inbound != nullptr) return "transaction";
  switch (unit.changes.front().change->action) {
    case Change::Action::create:
      return "create";
    case Change::Action::update:
      return "update";
    case Change::Action::remove:
      return "delete";
  }
  return {};
}

char action_of(std::string_view interaction) {
  return interaction == "create"   ? 'C'
         : interaction == "update" ? 'U'
         : interaction == "delete" ? 'D'
                                   : 'E';
}

store::Message message_of(const Inbound& inbound, Instant time) {
  store::Message message;
  message.number = inbound.number;
  message.feed = inbound.feed;
  message.control_id = inbound.control_id;
  message.kind = inbound.kind;
  message.group = inbound.group;
  message.received = time;
  message.bytes = inbound.bytes;
  message.state = static_cast<store::MessageState>(inbound.state);
  message.reason = inbound.reason;
  message.answer = inbound.answer;
  message.mapping = inbound.mapping;
  message.report = inbound.report;
  return message;
}

Result<json::Document> parsed_body(const Prepared& prepared) {
  const std::string body = TRY(body_of(prepared));
  return json::parse(body);
}

}  // namespace

Result<UnitResult> UnitRunner::run(UnitOfWork& unit) {
  TRY(inside_.store().write([&](store::Writer& writer) { return work(writer, unit); }));
  remember(unit);
  if (!affected_.empty()) TRY(inside_.refresh_policies(affected_));
  TRY(inside_.refresh_terminology(terminology_written(unit)));
  if (parameters_changed_) TRY(inside_.parameters().load());
  return std::move(outcome_);
}

// A late body does not stand; a removed one neither.
void UnitRunner::remember(const UnitOfWork& unit) {
  for (size_t i = 0; i < unit.changes.size() && i < outcome_.resources.size(); ++i) {
    const auto& put = unit.changes[i].put;
    const auto& resource = outcome_.resources[i];
    if (put.deleted) inside_.recent().forget(put.key);
    if (put.deleted || put.only_same || resource.late || resource.id != put.key.id) continue;
    if (unit.changes[i].change->unless_exists && resource.unchanged) continue;
    inside_.recent().remember(put.key, put.body.hash);
  }
}

// What was committed of the types that make terminology.
std::vector<store::Key> UnitRunner::terminology_written(const UnitOfWork& unit) const {
  std::vector<store::Key> keys;
  for (size_t i = 0; i < unit.changes.size() && i < outcome_.resources.size(); ++i) {
    const auto& change = unit.changes[i];
    const bool is_kept =
        fhir::terminology::Library::is_kept(inside_.definitions().name(change.change->type));
    if (is_kept && !outcome_.resources[i].unchanged) keys.push_back(change.put.key);
  }
  return keys;
}

Result<void> UnitRunner::work(store::Writer& writer, UnitOfWork& unit) {
  outcome_ = {};
  affected_ = {};
  parameters_changed_ = false;
  access_ = given_access_;
  if (!access_.knows_own())
    access_.learn_own(TRY(writer.number_of(session_.principal().organisation)));
  if (!unit.once_key.empty())
    TRY(take_once(writer, unit.once_key, unit.once_fingerprint, session_.time()));
  for (const auto& assumption : unit.assumptions)
    TRY(check(writer, assumption));
  if (unit.inbound != nullptr && unit.inbound->once)
    outcome_.repeated = TRY(same_message(writer, *unit.inbound));
  if (outcome_.repeated) return {};
  if (unit.inbound != nullptr) outcome_.message = TRY(keep_message(writer, *unit.inbound));
  TRY(apply_all(writer, unit));
  if (!unit.erased.empty()) TRY(writer.erase(unit.erased));
  if (unit.inbound != nullptr) {
    TRY(tell_late(writer, *unit.inbound));
    for (const auto& [key, value] : unit.inbound->checkpoints)
      TRY(writer.set_item(table::checkpoints, key, value));
  }
  if (unit.also) TRY(unit.also(writer, outcome_));
  return unit.each_alone ? add_trace_by_patient(writer, unit) : add_trace(writer, unit);
}

Result<void> UnitRunner::apply_all(store::Writer& writer, UnitOfWork& unit) {
  for (size_t i = 0; i < unit.changes.size(); ++i) {
    if (unit.inbound != nullptr) unit.changes[i].put.origin.message = outcome_.message;
    wrote_ = false;
    auto resource = apply(writer, unit.changes[i]);
    if (resource) {
      outcome_.resources.push_back(std::move(*resource));
      continue;
    }
    const auto kind = resource.error().kind;
    const bool stands_alone = unit.each_alone && !wrote_ && kind != Error::Kind::internal &&
                              kind != Error::Kind::unavailable;
    if (!stands_alone) return std::move(resource).error();
    outcome_.refused.emplace_back(i, std::move(resource).error());
    outcome_.resources.emplace_back().unchanged = true;
  }
  return {};
}

// What was found must stand as it was; what was not found must still be absent.
Result<void> UnitRunner::check(store::Writer& writer, const Assumption& assumption) {
  const Error changed{Error::Kind::conflict,
                      "What this request depends on was changed meanwhile; send it again.",
                      std::string(assumption_failed)};
  for (const auto& [key, number] : assumption.found) {
    const auto current = TRY(writer.standing(key));
    if (!current || current->number != number || current->deleted) return changed;
  }
  if (!assumption.found.empty()) return {};
  Finder finder(inside_, writer, access_, session_.principal().role);
  const auto page =
      TRY(finder.page(assumption.query, {.count = 1, .after = {}, .with_total = false}));
  if (!page.hits.empty()) return changed;
  return {};
}

Result<std::optional<StoredMessage>> UnitRunner::same_message(store::Writer& writer,
                                                              const Inbound& inbound) {
  store::MessageQuery query;
  query.feed = inbound.feed;
  query.content_hash = store::hash_of(inbound.bytes);
  query.with_bytes = false;
  return newest(writer, std::move(query));
}

Result<uint64_t> UnitRunner::keep_message(store::Writer& writer, const Inbound& inbound) {
  auto message = message_of(inbound, session_.time());
  if (inbound.report_if_reused && !inbound.control_id.empty()) {
    store::MessageQuery query;
    query.feed = inbound.feed;
    query.control_id = inbound.control_id;
    query.count_max = 1;
    query.with_bytes = false;
    if (!TRY(writer.messages(query)).empty()) message.report = inbound.report_if_reused();
  }
  report_ = message.report;
  if (inbound.number == 0) return writer.add_message(message);
  TRY(writer.update_message(message));
  return inbound.number;
}

// Nothing is lost silently (law 5): the message keeps what it said, its report where newer data
// stood.
Result<void> UnitRunner::tell_late(store::Writer& writer, const Inbound& inbound) {
  std::string late;
  for (const auto& resource : outcome_.resources) {
    if (!resource.late) continue;
    late += late.empty() ? R"(,"late":[")" : R"(",")";
    late.append(inside_.definitions().name(resource.type)).append("/").append(resource.id);
  }
  if (late.empty() || !report_.ends_with('}')) return {};
  auto message = message_of(inbound, session_.time());
  message.number = outcome_.message;
  message.report = report_;
  message.report.insert(message.report.size() - 1, late + R"("])");
  return writer.update_message(message);
}

Result<Resource> UnitRunner::apply(store::Writer& writer, Prepared& prepared) {
  if (prepared.change->action == Change::Action::remove) return remove(writer, prepared);
  if (prepared.change->if_none_exist) {
    auto found = TRY(existing(writer, prepared));
    if (found) return std::move(*found);
  }
  // A create's id is a fresh UUID: nobody can own it yet.
  if (prepared.change->action == Change::Action::update) {
    const auto standing = TRY(writer.standing(prepared.put.key));
    if (standing) TRY(check_owner(writer, prepared, *standing));
    if (standing && !standing->deleted && prepared.change->unless_exists)
      return standing_as_it_is(prepared, *standing);
  }
  return put(writer, prepared);
}

Resource UnitRunner::standing_as_it_is(const Prepared& prepared, const store::Version& standing) {
  Resource resource;
  resource.type = prepared.change->type;
  resource.id = prepared.put.key.id;
  resource.version = standing.number;
  resource.updated = standing.time;
  resource.unchanged = true;
  return resource;
}

// FHIR R4 http.html#ccreate: none: create; one: that one; several: refused.
Result<std::optional<Resource>> UnitRunner::existing(store::Writer& writer,
                                                     const Prepared& prepared) {
  Finder finder(inside_, writer, access_, session_.principal().role);
  const auto page = TRY(
      finder.page(*prepared.change->if_none_exist, {.count = 2, .after = {}, .with_total = false}));
  if (page.hits.empty()) return std::optional<Resource>();
  if (page.hits.size() > 1) {
    return Error{Error::Kind::conflict,
                 "More than one resource matches the condition; nothing was created.",
                 "If-None-Exist"};
  }
  auto resource = resource_of(inside_, page.hits.front());
  resource.unchanged = true;
  return std::optional(std::move(resource));
}

// Law 9: a version has one responsible organisation, and only it writes the next one.
Result<void> UnitRunner::check_owner(store::Writer& writer, const Prepared& prepared,
                                     const store::Version& standing) {
  const auto owner = TRY(writer.name_of(standing.owner));
  if (owner == prepared.put.owner) return {};
  return Error{Error::Kind::forbidden,
               "Another organisation is responsible for this id; only it may change it.",
               prepared.put.key.id};
}

Result<Resource> UnitRunner::remove(store::Writer& writer, Prepared& prepared) {
  const auto standing = TRY(writer.standing(prepared.put.key));
  Resource resource;
  resource.type = prepared.change->type;
  resource.id = prepared.put.key.id;
  resource.deleted = true;
  resource.unchanged = true;
  if (!standing || !access_.admits(standing->owner, standing->subject))
    return resource;  // hidden answers as absent
  TRY(check_owner(writer, prepared, *standing));
  if (standing->deleted) {
    resource.version = standing->number;
    resource.updated = standing->time;
    return resource;
  }
  // The tombstone stays about the same person, so that who may see the history stays the same.
  prepared.put.subject = TRY(writer.name_of(standing->subject));
  if (prepared.put.subject.starts_with("Patient/")) prepared.patient = prepared.put.subject;
  return put(writer, prepared);
}

Result<Resource> UnitRunner::put(store::Writer& writer, Prepared& prepared) {
  const Instant time = now();
  TRY(index_again_if_late(prepared));
  auto& ordered = prepared.put.index.ordered;
  const auto updated = inside_.indexer().updated_entry(time);
  if (!ordered.empty() && ordered.back().group == updated.group)
    ordered.back() = updated;
  else if (!prepared.put.deleted)
    ordered.push_back(updated);
  prepared.put.time = time;

  auto receipt = writer.put(prepared.put);
  if (!receipt) {
    Error error = std::move(receipt).error();
    if (error.kind == Error::Kind::conflict && prepared.change->if_match)
      error.location = "If-Match";
    if (error.kind == Error::Kind::conflict && prepared.put.only_same)
      error.location = assumption_failed;
    return error;
  }
  wrote_ = !receipt->unchanged;
  if (!receipt->unchanged) TRY(derive(writer, prepared, *receipt));

  Resource resource;
  resource.type = prepared.change->type;
  resource.id = prepared.put.key.id;
  resource.version = receipt->number;
  resource.updated = receipt->time;
  resource.deleted = prepared.put.deleted;
  resource.created = receipt->created;
  resource.unchanged = receipt->unchanged;
  resource.late = receipt->late;
  return resource;
}

// Search parameters were added or taken away after it was indexed.
Result<void> UnitRunner::index_again_if_late(Prepared& prepared) {
  const auto type = prepared.change->type;
  const auto generation = inside_.definitions().generation(type);
  if (prepared.put.deleted || prepared.put.only_same || prepared.generation == generation)
    return {};
  const auto document = TRY(parsed_body(prepared));
  prepared.put.index = index_of(inside_, type, document.root);
  prepared.generation = generation;
  return {};
}

// What follows from the version: person links, consent rules. In its transaction, so that none is
// seen without the other.
Result<void> UnitRunner::derive(store::Writer& writer, const Prepared& prepared,
                                const store::Receipt& receipt) {
  const auto type = inside_.definitions().name(prepared.change->type);
  if (type == "Patient") {
    Persons::Written written;
    written.kind = prepared.put.key.kind;
    written.id = prepared.put.key.id;
    written.record = receipt.record;
    written.owner = prepared.put.owner;
    written.deleted = prepared.put.deleted;
    if (prepared.traits) written.traits = *prepared.traits;
    return inside_.persons().update(writer, written, affected_);
  }
  if (type == "SearchParameter") parameters_changed_ = true;
  if (type != "Consent") return {};
  json::Document consent;
  if (!prepared.put.deleted) consent = TRY(parsed_body(prepared));
  return keep_consent(inside_, writer, prepared.put.key.id, prepared.put.owner,
                      prepared.put.deleted ? nullptr : &consent.root, affected_);
}

Result<void> UnitRunner::add_trace(store::Writer& writer, const UnitOfWork& unit) {
  AuditEntry entry;
  entry.interaction = interaction_of(unit);
  entry.action = action_of(entry.interaction);
  entry.time = session_.time();
  std::string detail = unit.detail;
  entry.detail = detail;
  for (size_t i = 0; i < unit.changes.size(); ++i) {
    const auto& resource = outcome_.resources[i];
    if (resource.unchanged) continue;
    entry.what.push_back(name_of(resource));
    const auto& patient = unit.changes[i].patient;
    if (!patient.empty() && std::ranges::find(entry.patients, patient) == entry.patients.end())
      entry.patients.push_back(patient);
  }
  if (unit.inbound != nullptr) {
    detail = fmt::format("message {} of feed {}", outcome_.message, unit.inbound->feed);
    entry.detail = detail;
  } else if (entry.what.empty()) {
    return {};
  }
  entry.count = entry.what.size();
  const std::string subject = entry.patients.size() == 1 ? entry.patients.front() : std::string();
  TRY(writer.add_audit(print(entry, session_.principal(), session_.purpose()), subject));
  return {};
}

// A person who asks who wrote about them finds an import as they find anything else.
Result<void> UnitRunner::add_trace_by_patient(store::Writer& writer, const UnitOfWork& unit) {
  std::map<std::string_view, std::vector<std::string>> written;
  for (size_t i = 0; i < unit.changes.size(); ++i) {
    const auto& resource = outcome_.resources[i];
    if (!resource.unchanged) written[unit.changes[i].patient].push_back(name_of(resource));
  }
  for (auto& [patient, what] : written) {
    AuditEntry entry;
    entry.interaction = "batch";
    entry.action = 'E';
    entry.time = session_.time();
    entry.detail = unit.detail;
    entry.count = what.size();
    entry.what = std::move(what);
    if (!patient.empty()) entry.patients.emplace_back(patient);
    TRY(writer.add_audit(print(entry, session_.principal(), session_.purpose()), patient));
  }
  return {};
}

std::string UnitRunner::name_of(const Resource& resource) const {
  std::string name(inside_.definitions().name(resource.type));
  return name.append("/")
      .append(resource.id)
      .append("/_history/")
      .append(std::to_string(resource.version));
}

}  // namespace tasuki::record
