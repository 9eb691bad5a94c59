// Session: write, write_all, transact, receive. Everything heavy happens on the caller's thread,
// before the writer's.
#include <fmt/core.h>

#include "record/session/trace.h"
#include "record/session/unit.h"

namespace tasuki::record {

namespace {

constexpr int builds_max =
    5;  // of one transact(); beyond, others are writing the same things all the time

// Asks the store as it stands and remembers what the answer was.
class Asking final : public Resolver {
 public:
  Asking(Inside& inside, const Session& session, const Access& access, store::Reader& reader)
      : finder_(inside, reader, access, session.principal().role) {}

  Result<std::vector<std::string>> find(const fhir::search::Query& query,
                                        size_t count_max) override {
    const auto page =
        TRY(finder_.page(query, {.count = count_max, .after = {}, .with_total = false}));
    Assumption assumption;
    assumption.query = query;
    std::vector<std::string> ids;
    for (const auto& hit : page.hits) {
      assumption.found.emplace_back(hit.key, hit.number);
      ids.push_back(hit.key.id);
    }
    assumptions.push_back(std::move(assumption));
    return ids;
  }

  std::vector<Assumption> assumptions;

 private:
  Finder finder_;
};

// The bodies that leave: as written, stamped. What already stood brings its own.
Result<void> fill_bodies(const Inside& inside, const UnitOfWork& unit,
                         std::vector<Resource>& resources) {
  for (size_t i = 0; i < resources.size(); ++i) {
    auto& resource = resources[i];
    if (resource.deleted || !resource.body.empty()) continue;
    resource.body = spliced(inside.definitions().name(resource.type), resource.id, resource.version,
                            resource.updated, TRY(body_of(unit.changes[i])));
  }
  return {};
}

}  // namespace

Result<Resource> Session::write(const Change& change) {
  auto resources = TRY(write_all({change}));
  return std::move(resources.front());
}

Result<std::vector<Resource>> Session::write_all(const std::vector<Change>& changes) {
  return transact([&](Resolver&) -> Result<std::vector<Change>> { return changes; });
}

Result<std::vector<Resource>> Session::transact(const Build& build, Bodies bodies) {
  Inside& inside = record::inside(door_);
  for (int attempt = 1;; ++attempt) {
    auto reader = inside.store().read();
    const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
    Asking asking(inside, *this, access, *reader);
    const auto changes = TRY(build(asking));
    UnitOfWork unit;
    unit.changes = TRY(prepare_all(changes, Believes::nothing));
    unit.assumptions = std::move(asking.assumptions);
    if (once_) {
      unit.once_key = once_->key;
      unit.once_fingerprint = once_->fingerprint;
    }
    if (unit.changes.empty()) return std::vector<Resource>{};
    reader.reset();  // kept while waiting for the disk, it would starve others of theirs
    auto result = UnitRunner(inside, *this, access).run(unit);
    if (result) {
      once_.reset();
      if (bodies == Bodies::returned) TRY(fill_bodies(inside, unit, result->resources));
      return std::move(result->resources);
    }
    if (result.error().location != assumption_failed || attempt == builds_max) {
      return traced(inside, *this, "transaction", std::move(result).error());
    }
  }
}

Result<Prepared> Session::prepare_one(const Change& change, Believes believes) {
  if (!change.load) return prepare(inside(door_), principal_, change, findings_, believes);
  const json::Document document = TRY(change.load());
  Change loaded = change;
  loaded.resource = &document.root;
  auto prepared = TRY(prepare(inside(door_), principal_, loaded, findings_, believes));
  prepared.change = &change;
  prepared.body = {};
  prepared.put.index.terms.shrink_to_fit();
  prepared.put.index.ordered.shrink_to_fit();
  return prepared;
}

Result<std::vector<Prepared>> Session::prepare_all(const std::vector<Change>& changes,
                                                   Believes believes) {
  std::vector<Prepared> all;
  all.reserve(changes.size());
  for (const auto& change : changes) {
    findings_.clear();
    finding_of_ = all.size();
    auto prepared = prepare_one(change, believes);
    if (!prepared) return traced(inside(door_), *this, "transaction", std::move(prepared).error());
    all.push_back(std::move(*prepared));
  }
  findings_.clear();
  return all;
}

Result<uint64_t> Session::receive(const Inbound& inbound) {
  Inside& inside = record::inside(door_);
  if (principal_.role != Role::feed && principal_.role != Role::system &&
      principal_.role != Role::clerk) {
    return Error{Error::Kind::forbidden, "Only feeds, the system and clerks take messages in.", {}};
  }
  if (inbound.organisation != principal_.organisation && principal_.role != Role::system) {
    return Error{Error::Kind::forbidden,
                 fmt::format("The principal belongs to organisation {}, the message to {}.",
                             principal_.organisation, inbound.organisation),
                 {}};
  }
  received_.clear();
  const auto known = inside.feed_organisation(inbound.feed);
  if (!known.empty() && known != inbound.organisation) {
    return Error{Error::Kind::conflict,
                 fmt::format("Feed {} belongs to organisation {}.", inbound.feed, known),
                 {}};
  }
  if (known.empty()) {
    TRY(inside.store().write([&](store::Writer& writer) {
      return writer.set_item(table::feeds, inbound.feed, inbound.organisation);
    }));
    inside.remember_feed(inbound.feed, inbound.organisation);
  }

  auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  reader.reset();  // as in transact()
  const auto attempt = [&](Believes believes) -> Result<uint64_t> {
    UnitOfWork unit;
    unit.inbound = &inbound;
    unit.changes = TRY(prepare_all(inbound.changes, believes));
    for (auto& prepared : unit.changes) {
      prepared.put.owner = inbound.organisation;
      prepared.put.origin.feed = inbound.feed;
      prepared.put.as_of = inbound.as_of;
      prepared.put.origin.mapping = inbound.mapping;
    }
    auto result = TRY(UnitRunner(inside, *this, access).run(unit));
    received_ = std::move(result.resources);
    repeated_ = std::move(result.repeated);
    return repeated_ ? repeated_->number : result.message;
  };
  auto message = attempt(Believes::recent);
  const bool believed_wrong = !message && message.error().location == assumption_failed;
  return believed_wrong ? attempt(Believes::nothing) : std::move(message);
}

}  // namespace tasuki::record
