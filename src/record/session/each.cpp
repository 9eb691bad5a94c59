// Session: write_each. Many changes that stand for themselves, in one commit.
#include "record/session/trace.h"
#include "record/session/unit.h"

namespace tasuki::record {

// One commit instead of one each: a batch of a hundred thousand entries would otherwise wait for
// the disk as often. Where a change breaks down after it began to write, the unit is undone, and
// the caller writes them one by one.
Result<std::vector<Written>> Session::write_each(const std::vector<Change>& changes) {
  Inside& inside = record::inside(door_);
  std::vector<Written> outcomes(changes.size());
  std::vector<size_t> places;  // of the unit's changes among all
  UnitOfWork unit;
  unit.each_alone = true;
  unit.detail = "batch";
  for (size_t i = 0; i < changes.size(); ++i) {
    auto prepared = prepare(inside, principal_, changes[i], outcomes[i].findings);
    if (prepared) {
      outcomes[i].findings.clear();
      places.push_back(i);
      unit.changes.push_back(std::move(*prepared));
    } else {
      outcomes[i].resource = traced(inside, *this, "batch", std::move(prepared).error());
    }
  }
  if (places.empty()) return outcomes;
  auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  reader.reset();  // as in transact()
  auto result = TRY(UnitRunner(inside, *this, access).run(unit));
  for (size_t i = 0; i < places.size(); ++i) {
    Resource& resource = result.resources[i];
    if (!resource.deleted && resource.body.empty() && resource.type != fhir::no_type)
      resource.body = spliced(inside.definitions().name(resource.type), resource.id,
                              resource.version, resource.updated, unit.changes[i].body);
    outcomes[places[i]].resource = std::move(resource);
  }
  for (auto& [change, error] : result.refused)
    outcomes[places[change]].resource = traced(inside, *this, "batch", std::move(error));
  return outcomes;
}

}  // namespace tasuki::record
