#include "record/finder.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

#include "fhir/search/compartment.h"
#include "fhir/search/link.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/consent/roles.h"
#include "record/elsewhere.h"
#include "record/expand.h"
#include "record/index/ordered.h"

namespace tasuki::record {

namespace {

using namespace fhir::search;
using SearchLink = fhir::search::Link;  // not the person index's
using Lists = std::vector<std::vector<Target>>;

bool are_listed(const Subject& subject, const Lists& lists) {
  const Target target{subject.type, std::string(subject.id)};
  return std::ranges::all_of(
      lists, [&](const auto& list) { return std::ranges::find(list, target) != list.end(); });
}

// Borrows everything. Where several types are asked, an id alone does not tell which is meant.
store::Verifies verifier(const Inside& inside, const Query& query, const Plan& plan,
                         const Lists& lists, const fhir::search::Elsewhere& elsewhere) {
  const bool mixed = query.types.size() != 1 && (query.compartment || !lists.empty());
  if (plan.inexact.empty() && plan.inexact_filters.empty() && !mixed) return {};
  return [&, mixed](const store::Version& version) {
    const auto document = json::parse(version.body);
    if (!document) return false;
    const auto& definitions = inside.definitions();
    const Subject subject{inside.type_of(version.key.kind), version.key.id, document->root,
                          version.time.time_since_epoch().count()};
    if (mixed && !are_listed(subject, lists)) return false;
    if (mixed && query.compartment && !is_in(definitions, subject, *query.compartment))
      return false;
    const auto holds = [&](const auto* each) {
      return matches(definitions, subject, *each, elsewhere);
    };
    return std::ranges::all_of(plan.inexact, holds) &&
           std::ranges::all_of(plan.inexact_filters, holds);
  };
}

// What of the question each node is: for whoever asks why it is slow. The planner puts the criteria
// first, in their order.
void name_parts(store::Node& where, const Query& query) {
  for (const auto& one : query.criteria) {
    if (!where.part.empty()) where.part += ", ";
    where.part += one.parameter->code;
  }
  if (query.criteria.size() < 2 || where.op != store::Node::Op::both) return;
  for (size_t i = 0; i < std::min(where.children.size(), query.criteria.size()); ++i)
    where.children[i].part = query.criteria[i].parameter->code;
}

// The whole question of one document, without help of an index.
bool meets(const fhir::Definitions& definitions, const Query& query, const Lists& lists,
           const Subject& subject, const fhir::search::Elsewhere& elsewhere) {
  const auto holds = [&](const auto& each) {
    return matches(definitions, subject, each, elsewhere);
  };
  return are_listed(subject, lists) &&
         (!query.compartment || is_in(definitions, subject, *query.compartment)) &&
         std::ranges::all_of(query.criteria, holds) && std::ranges::all_of(query.filters, holds);
}

std::vector<ContainedMatch> contained_in(const fhir::Definitions& definitions, const Query& query,
                                         const json::Value& resource, int64_t updated_us,
                                         const fhir::search::Elsewhere& elsewhere) {
  std::vector<ContainedMatch> found;
  const auto* contained = resource.find("contained");
  if (contained == nullptr || !query.lists.empty()) return found;
  for (const auto& inner : contained->items()) {
    if (inner.text_of("resourceType") != definitions.name(query.types[0])) continue;
    const Subject subject{query.types[0], inner.text_of("id"), inner, updated_us};
    if (meets(definitions, query, {}, subject, elsewhere))
      found.push_back({subject.type, std::string(subject.id), json::print(inner)});
  }
  return found;
}

}  // namespace

bool Finder::may_read(fhir::TypeId type) const {
  return may(role_, Action::read, inside_.definitions().name(type));
}

Result<void> Finder::allowed(const std::vector<fhir::TypeId>& asked,
                             const std::vector<fhir::TypeId>& readable) const {
  if (asked.empty() || readable.size() == asked.size()) return {};
  for (const auto type : asked) {
    if (may_read(type)) continue;
    const auto name = inside_.definitions().name(type);
    return Error{Error::Kind::forbidden,
                 fmt::format("The role {} may not read {}.", record::name_of(role_), name),
                 std::string(name)};
  }
  return {};
}

Result<std::optional<store::Version>> Finder::visible(const Target& target) {
  if (!may_read(target.type)) return std::optional<store::Version>();
  auto version = TRY(reader_.current({inside_.kind_of(target.type), target.id}));
  if (version && (version->deleted || !access_.admits(version->owner, version->subject)))
    version.reset();
  return version;
}

// What each List names: its items that were not taken out again. A List that is not there, or may
// not be seen, names nothing. list.html, search.html#list
Result<Lists> Finder::lists_of(const Query& query) {
  Lists lists;
  const auto& definitions = inside_.definitions();
  const auto type = definitions.resource_type("List");
  for (const auto& id : query.lists) {
    auto& targets = lists.emplace_back();
    const auto version = type ? TRY(visible({*type, id})) : std::nullopt;
    if (!version) continue;
    const auto document = TRY(json::parse(version->body));
    const auto* entries = document.root.find("entry");
    if (entries == nullptr) continue;
    for (const auto& entry : entries->items()) {
      const auto* deleted = entry.find("deleted");
      const auto* item = entry.find("item");
      if (item == nullptr || (deleted != nullptr && deleted->boolean())) continue;
      const auto link = fhir::search::parse_link(definitions, item->text_of("reference"));
      const auto named = link ? definitions.resource_type(link->type) : std::nullopt;
      if (named) targets.push_back({*named, link->id});
    }
  }
  return lists;
}

Result<store::SearchPage> Finder::page(const Query& query, const Limits& limits) {
  if (!stands_for_codes(query)) return page_of(query, limits);
  Query expanded = query;
  TRY(expand(inside_.definitions(), inside_.terminology().get(), expanded));
  return page_of(expanded, limits);
}

Result<store::SearchPage> Finder::page_of(const Query& query, const Limits& limits) {
  if (query.contained != Contained::no) return page_contained(query, limits);
  const auto types = readable(inside_.definitions(), role_, query.types);
  TRY(allowed(query.types, types));
  const auto lists = TRY(lists_of(query));
  record::Elsewhere elsewhere(*this);
  const fhir::search::Elsewhere holds = [&](const Subject& subject, const Criterion& criterion) {
    return elsewhere.holds(subject, criterion);
  };
  const Planner planner(
      inside_.indexer(), [this](uint16_t kind) { return inside_.type_of(kind); },
      [this](fhir::TypeId type) { return inside_.kind_of(type); },
      [&](fhir::TypeId type, const Criterion& criterion) {
        return elsewhere.targets(type, criterion);
      });
  const Plan plan = TRY(planner.plan(types, query, lists));

  store::Search search;
  for (const auto type : types)
    search.kinds.push_back(inside_.kind_of(type));
  if (query.types.empty() && types.size() == inside_.definitions().resource_types().size())
    search.kinds.clear();
  search.where = plan.where;
  search.admits = access_.predicate();
  search.admitted_owner = access_.admitted_owner();
  search.verifies = verifier(inside_, query, plan, lists, holds);
  search.sort = plan.sort;
  search.count_max = limits.count;
  search.after = limits.after;
  search.with_total = limits.with_total;
  search.explains = limits.explains;
  name_parts(search.where, query);
  auto page = reader_.search(search);
  if (elsewhere.error()) return *elsewhere.error();
  return page;
}

// ---- _contained: every holder of such a resource is asked. search.html#contained

Result<store::SearchPage> Finder::page_contained(const Query& query, const Limits& limits) {
  const auto& definitions = inside_.definitions();
  TRY(allowed(query.types, readable(definitions, role_, query.types)));
  const auto lists = TRY(lists_of(query));
  record::Elsewhere elsewhere(*this);
  const fhir::search::Elsewhere holds = [&](const Subject& subject, const Criterion& criterion) {
    return elsewhere.holds(subject, criterion);
  };
  const bool alone = query.contained_type == ContainedType::contained;
  std::map<RecordPlace, size_t> counts;  // what each hit is worth

  store::Search search;
  search.where = node_of(store::Node::Op::term,
                         inside_.indexer().contained_term(definitions.name(query.types[0])));
  if (query.contained == Contained::both) search.where = node_of(store::Node::Op::all);
  for (const auto type : readable(definitions, role_, {}))
    search.kinds.push_back(inside_.kind_of(type));
  search.admits = access_.predicate();
  search.verifies = [&](const store::Version& version) {
    const auto document = json::parse(version.body);
    if (!document) return false;
    const auto type = inside_.type_of(version.key.kind);
    const auto updated = version.time.time_since_epoch().count();
    const auto inner = contained_in(definitions, query, document->root, updated, holds).size();
    const bool itself =
        query.contained == Contained::both && type == query.types[0] &&
        meets(definitions, query, lists, {type, version.key.id, document->root, updated}, holds);
    const size_t count =
        (alone ? inner : std::min<size_t>(inner, itself ? 0 : 1)) + (itself ? 1 : 0);
    counts[record_place(version)] = count;
    return count > 0;
  };
  search.count_max = limits.count;
  search.after = limits.after;
  search.with_total = limits.with_total;
  auto page = TRY(reader_.search(search));
  if (elsewhere.error()) return *elsewhere.error();
  if (page.total) {
    page.total = 0;
    for (const auto& [place, count] : counts)
      *page.total += count;
  }
  return page;
}

Result<std::vector<ContainedMatch>> Finder::contained(const Query& query,
                                                      const store::Version& hit) {
  const auto document = TRY(json::parse(hit.body));
  record::Elsewhere elsewhere(*this);
  const fhir::search::Elsewhere holds = [&](const Subject& subject, const Criterion& criterion) {
    return elsewhere.holds(subject, criterion);
  };
  auto found = contained_in(inside_.definitions(), query, document.root,
                            hit.time.time_since_epoch().count(), holds);
  if (elsewhere.error()) return *elsewhere.error();
  return found;
}

Result<bool> Finder::is_itself_meant(const Query& query, const store::Version& hit) {
  const auto document = TRY(json::parse(hit.body));
  const auto lists = TRY(lists_of(query));
  record::Elsewhere elsewhere(*this);
  const fhir::search::Elsewhere holds = [&](const Subject& subject, const Criterion& criterion) {
    return elsewhere.holds(subject, criterion);
  };
  const Subject subject{inside_.type_of(hit.key.kind), hit.key.id, document.root,
                        hit.time.time_since_epoch().count()};
  const bool meant = meets(inside_.definitions(), query, lists, subject, holds);
  if (elsewhere.error()) return *elsewhere.error();
  return meant;
}

}  // namespace tasuki::record
