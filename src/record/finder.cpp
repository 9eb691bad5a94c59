#include "record/finder.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "fhir/search/match.h"
#include "json/parse.h"
#include "record/consent/roles.h"
#include "record/index/ordered.h"

namespace tasuki::record {

namespace {

using fhir::search::Criterion;
using fhir::search::Include;
using fhir::search::Query;

using Place = std::pair<uint16_t, std::string>;  // kind, id
Place place_of(const store::Version& version) {
  return {version.key.kind, version.key.id};
}

// Borrows the plan and the criteria it points to.
store::Verifies verifier(const Inside& inside, const Plan& plan) {
  if (plan.inexact.empty()) return {};
  return [&inside, &plan](const store::Key& key, std::string_view body) {
    const auto document = json::parse(body);
    if (!document) return false;
    const auto type = inside.type_of(key.kind);
    return std::ranges::all_of(plan.inexact, [&](const Criterion* criterion) {
      return fhir::search::matches(inside.definitions(), type, document->root, *criterion);
    });
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

}  // namespace

Planner Finder::planner() {
  return Planner(
      inside_.indexer(),
      [this](fhir::TypeId type, const Criterion& criterion) { return find(type, criterion); },
      [this](fhir::TypeId type, const Criterion& criterion, const fhir::SearchParameter& link) {
        return find_links(type, criterion, link);
      });
}

Result<void> Finder::allowed(const std::vector<fhir::TypeId>& asked,
                             const std::vector<fhir::TypeId>& readable) const {
  if (asked.empty() || readable.size() == asked.size()) return {};
  for (const auto type : asked) {
    const auto name = inside_.definitions().name(type);
    if (!may(role_, Action::read, name)) {
      return Error{Error::Kind::forbidden,
                   fmt::format("The role {} may not read {}.", record::name_of(role_), name),
                   std::string(name)};
    }
  }
  return {};
}

Result<store::SearchPage> Finder::page(const Query& query, const Limits& limits) {
  const auto types = readable(inside_.definitions(), role_, query.types);
  TRY(allowed(query.types, types));
  const Plan plan = TRY(planner().plan(types, query));

  store::Search search;
  for (const auto type : types)
    search.kinds.push_back(inside_.kind_of(type));
  if (query.types.empty() && types.size() == inside_.definitions().resource_types().size())
    search.kinds.clear();
  search.where = plan.where;
  search.admits = access_.predicate();
  search.verifies = verifier(inside_, plan);
  search.sort = plan.sort;
  search.count_max = limits.count;
  search.after = limits.after;
  search.with_total = limits.with_total;
  search.explains = limits.explains;
  name_parts(search.where, query);
  return reader_.search(search);
}

Result<std::vector<store::Version>> Finder::matching(fhir::TypeId type,
                                                     const Criterion& criterion) {
  Query inner;
  inner.types = {type};
  inner.criteria = {criterion};
  auto page =
      TRY(this->page(inner, {.count = chain_targets_max, .after = {}, .with_total = false}));
  if (page.next) {
    return Error{Error::Kind::too_costly,
                 fmt::format("A step of the chain matches more than {} resources. Narrow it.",
                             chain_targets_max),
                 std::string(criterion.parameter->code)};
  }
  return std::move(page.hits);
}

Result<std::vector<Target>> Finder::find(fhir::TypeId type, const Criterion& criterion) {
  std::vector<Target> targets;
  for (const auto& version : TRY(matching(type, criterion))) {
    targets.push_back({inside_.type_of(version.key.kind), version.key.id});
  }
  return targets;
}

Result<std::vector<Target>> Finder::find_links(fhir::TypeId type, const Criterion& criterion,
                                               const fhir::SearchParameter& link) {
  std::vector<Target> targets;
  std::set<std::pair<uint16_t, std::string>> seen;
  for (const auto& version : TRY(matching(type, criterion))) {
    for (auto& target : links_of(version, &link)) {
      if (seen.emplace(static_cast<uint16_t>(target.type), target.id).second)
        targets.push_back(std::move(target));
    }
  }
  return targets;
}

std::vector<Target> Finder::links_of(const store::Version& version,
                                     const fhir::SearchParameter* parameter) const {
  std::vector<Target> targets;
  const auto document = json::parse(version.body);
  if (!document) return targets;
  const auto& definitions = inside_.definitions();
  for (const auto& one :
       fhir::search::extract(definitions, inside_.type_of(version.key.kind), document->root)) {
    if (parameter != nullptr && one.parameter->code != parameter->code) continue;
    for (const auto& value : one.values) {
      const auto* link = std::get_if<fhir::search::Link>(&value);
      if (link == nullptr || link->id.empty()) continue;
      if (const auto type = definitions.resource_type(link->type))
        targets.push_back({*type, link->id});
    }
  }
  return targets;
}

Result<std::vector<store::Version>> Finder::forward(const Include& include,
                                                    const std::vector<store::Version>& from) {
  std::vector<store::Version> found;
  std::set<Place> seen;
  const auto& definitions = inside_.definitions();
  for (const auto& version : from) {
    if (inside_.type_of(version.key.kind) != include.source) continue;
    for (const auto& target : links_of(version, include.parameter)) {
      if (include.target != fhir::no_type && target.type != include.target) continue;
      if (!may(role_, Action::read, definitions.name(target.type))) continue;
      const store::Key key{inside_.kind_of(target.type), target.id};
      if (!seen.emplace(key.kind, key.id).second) continue;
      auto current = TRY(reader_.current(key));
      if (current && !current->deleted && access_.admits(current->owner, current->subject)) {
        found.push_back(std::move(*current));
      }
    }
  }
  return found;
}

Result<std::vector<store::Version>> Finder::backward(const Include& include,
                                                     const std::vector<store::Version>& from) {
  const auto& definitions = inside_.definitions();
  if (!may(role_, Action::read, definitions.name(include.source)))
    return std::vector<store::Version>{};
  std::vector<const fhir::SearchParameter*> parameters;
  for (const auto* parameter : definitions.search_parameters_of(include.source)) {
    const bool wanted = include.parameter == nullptr
                            ? parameter->type == fhir::ParameterType::reference
                            : parameter->code == include.parameter->code;
    if (wanted) parameters.push_back(parameter);
  }
  std::vector<store::Node> nodes;
  for (const auto& version : from) {
    const auto type = inside_.type_of(version.key.kind);
    if (include.target != fhir::no_type && type != include.target) continue;
    for (const auto* parameter : parameters) {
      const auto& field = inside_.indexer().field(include.source, *parameter);
      nodes.push_back(node_of(store::Node::Op::term,
                              field.term(form::local, definitions.name(type), version.key.id)));
    }
  }
  if (nodes.empty()) return std::vector<store::Version>{};
  store::Search search;
  search.kinds = {inside_.kind_of(include.source)};
  search.where = either(std::move(nodes));
  search.admits = access_.predicate();
  search.count_max = included_max + 1;
  return std::move(TRY(reader_.search(search)).hits);
}

Result<std::vector<store::Version>> Finder::included(const Query& query,
                                                     const std::vector<store::Version>& hits) {
  std::vector<store::Version> all;
  if (query.includes.empty()) return all;
  std::set<Place> seen;
  for (const auto& hit : hits)
    seen.insert(place_of(hit));

  std::vector<store::Version> round = hits;
  for (size_t i = 0; i < include_rounds_max && !round.empty(); ++i) {
    std::vector<store::Version> next;
    for (const auto& include : query.includes) {
      if (i > 0 && !include.iterate) continue;
      auto found = TRY(include.reverse ? backward(include, round) : forward(include, round));
      for (auto& version : found) {
        if (seen.insert(place_of(version)).second) next.push_back(std::move(version));
      }
    }
    std::ranges::copy(next, std::back_inserter(all));
    if (all.size() > included_max) {
      return Error{
          Error::Kind::too_costly,
          fmt::format(
              "The page would bring along more than {} resources. Ask with a smaller _count.",
              included_max),
          "_include"};
    }
    round = std::move(next);
  }
  return all;
}

}  // namespace tasuki::record
