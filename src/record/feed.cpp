#include <fmt/format.h>

#include "record/feed.h"

#include "record/consent/roles.h"
#include "record/session/trace.h"

namespace tasuki::record {
namespace {

constexpr size_t standing_at_once = 1000;

Result<FeedChange> change_of(Inside& inside, store::Reader& reader, const store::Version& version) {
  FeedChange change;
  change.sequence = version.sequence;
  change.resource = resource_of(inside, version);
  change.author = version.origin.author;
  change.organisation = TRY(inside.name_of(reader, version.owner));
  change.owner = version.owner;
  change.subject = version.subject;
  return change;
}

}  // namespace

Result<uint64_t> newest_change(Door& door) {
  return inside(door).store().read()->newest_sequence();
}

Result<std::vector<FeedChange>> changes_after(Door& door, uint64_t sequence, size_t count_max) {
  Inside& inside = record::inside(door);
  const auto reader = inside.store().read();
  std::vector<FeedChange> changes;
  for (const auto& version : TRY(reader->changes(sequence, count_max)))
    changes.push_back(TRY(change_of(inside, *reader, version)));
  return changes;
}

Result<bool> has_changed_after(Door& door, fhir::TypeId type, uint64_t sequence) {
  Inside& inside = record::inside(door);
  store::HistoryQuery query;
  query.kind = inside.kind_of(type);
  query.count_max = 1;
  const auto newest = TRY(inside.store().read()->history(query));
  return !newest.versions.empty() && newest.versions.front().sequence > sequence;
}

Result<std::vector<FeedChange>> all_standing(Door& door, fhir::TypeId type) {
  Inside& inside = record::inside(door);
  const auto reader = inside.store().read();
  store::Search search;
  search.kinds = {inside.kind_of(type)};
  search.count_max = standing_at_once;
  std::vector<FeedChange> changes;
  do {
    auto page = TRY(reader->search(search));
    for (const auto& version : page.hits)
      changes.push_back(TRY(change_of(inside, *reader, version)));
    search.after = std::move(page.next);
  } while (search.after);
  return changes;
}

Result<bool> may_be_told(Session& session, const FeedChange& change) {
  Inside& inside = record::inside(session.door());
  const auto reader = inside.store().read();
  const auto name = inside.definitions().name(change.resource.type);
  if (!may(session.principal().role, Action::read, name)) return false;
  const auto access =
      TRY(inside.access(*reader, session.principal(), session.purpose(), session.time()));
  if (!access.admits(change.owner, change.subject)) return false;
  AuditEntry entry;
  entry.interaction = "operation";
  entry.action = 'E';
  entry.time = session.time();
  entry.what.push_back(
      fmt::format("{}/{}/_history/{}", name, change.resource.id, change.resource.version));
  auto subject = TRY(inside.name_of(*reader, change.subject));
  if (subject.starts_with("Patient/")) entry.patients.push_back(std::move(subject));
  entry.count = 1;
  entry.query = "subscription notification";
  TRY(leave_trace(inside, session, entry));
  return true;
}

}  // namespace tasuki::record
