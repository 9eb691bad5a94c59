#include "record/rehearse.h"

#include "record/inside.h"
#include "record/session/prepare.h"

namespace tasuki::record {
namespace {

// Only what differs is validated and made ready: the rest was, when it was written.
Result<Rehearsed> rehearse_one(Inside& inside, store::Reader& reader, const Principal& principal,
                               const Inbound& inbound, const Change& change) {
  Rehearsed rehearsed;
  const auto type = inside.definitions().name(change.type);
  const store::Key key{inside.kind_of(change.type), change.id};
  std::string body = canonical(type, change.id, *change.resource);
  rehearsed.hash = store::hash_of(body);
  const auto standing = TRY(reader.standing(key));
  if (standing) {
    if (TRY(inside.name_of(reader, standing->owner)) != inbound.organisation)
      return Error{Error::Kind::forbidden,
                   "Another organisation is responsible for this id; only it may change it.",
                   change.id};
    rehearsed.standing = standing->number;
    rehearsed.standing_as_of = standing->as_of;
    if (!standing->deleted && (change.unless_exists || standing->hash == rehearsed.hash))
      return rehearsed;
    if (store::is_late(inbound.as_of, standing->as_of)) {
      rehearsed.effect = Rehearsed::Effect::late;
      return rehearsed;
    }
  }
  std::vector<fhir::Finding> findings;
  TRY(prepare(inside, principal, change, findings));
  const bool stands = standing && !standing->deleted;
  rehearsed.effect = stands ? Rehearsed::Effect::change : Rehearsed::Effect::create;
  rehearsed.body = std::move(body);
  if (stands)
    if (auto current = TRY(reader.current(key))) rehearsed.before = std::move(current->body);
  return rehearsed;
}

}  // namespace

Result<std::vector<Rehearsed>> rehearse(Session& session, const Inbound& inbound) {
  Inside& inside = record::inside(session.door());
  const auto reader = inside.store().read();
  std::vector<Rehearsed> all;
  all.reserve(inbound.changes.size());
  for (const Change& change : inbound.changes)
    all.push_back(TRY(rehearse_one(inside, *reader, session.principal(), inbound, change)));
  return all;
}

Result<std::vector<MadeByMessage>> made_by_message(
    Session& session, uint64_t number,
    const std::function<bool(fhir::TypeId, std::string_view)>& wanted) {
  Inside& inside = record::inside(session.door());
  const auto reader = inside.store().read();
  std::vector<MadeByMessage> all;
  for (const auto& version : TRY(reader->made_by(number))) {
    if (!wanted(inside.type_of(version.key.kind), version.key.id)) continue;
    auto current = TRY(reader->current(version.key));
    if (!current) continue;
    all.push_back({.type = inside.type_of(version.key.kind),
                   .id = version.key.id,
                   .version = version.number,
                   .as_of = version.as_of,
                   .body = std::move(current->body)});
  }
  return all;
}

Result<Link> nearest_person(Session& session, std::string_view id, const json::Value& patient) {
  Inside& inside = record::inside(session.door());
  Persons::Written written;
  written.kind = inside.kind_of(*inside.definitions().resource_type("Patient"));
  written.id = id;
  written.traits = traits_of(patient);
  auto link = TRY(inside.persons().nearest(*inside.store().read(), written));
  link.left.clear();
  link.right.clear();
  return link;
}

std::string hash_of_body(std::string_view body) {
  return store::hash_of(body);
}

}  // namespace tasuki::record
