// What a page's resources bring along: _include and _revinclude. FHIR R4 search.html#revinclude
#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "fhir/search/plan.h"
#include "json/parse.h"
#include "record/finder.h"
#include "record/index/ordered.h"

namespace tasuki::record {

namespace {

using fhir::search::Include;
using fhir::search::Query;
using SearchLink = fhir::search::Link;  // not the person index's

Error too_many() {
  return {Error::Kind::too_costly,
          fmt::format("The page would bring along more than {} resources. Ask with a smaller "
                      "_count.",
                      included_max),
          "_include"};
}

bool refers_to(const fhir::SearchParameter& parameter, fhir::TypeId type) {
  return parameter.targets.empty() ||
         std::ranges::find(parameter.targets, type) != parameter.targets.end();
}

}  // namespace

// Under one parameter, or under all that are references.
std::vector<SearchLink> Finder::links_of(const store::Version& version,
                                         const fhir::SearchParameter* parameter) const {
  std::vector<SearchLink> links;
  const auto document = json::parse(version.body);
  if (!document) return links;
  for (const auto& one : fhir::search::extract(inside_.definitions(),
                                               inside_.type_of(version.key.kind), document->root)) {
    if (parameter != nullptr && one.parameter->code != parameter->code) continue;
    for (const auto& value : one.values) {
      if (const auto* link = std::get_if<SearchLink>(&value)) links.push_back(*link);
    }
  }
  return links;
}

Result<std::vector<store::Version>> Finder::forward(const Include& include,
                                                    const std::vector<store::Version>& from) {
  std::vector<store::Version> found;
  std::set<RecordPlace> seen;
  for (const auto& version : from) {
    const auto source = inside_.type_of(version.key.kind);
    if (include.source != fhir::no_type && source != include.source) continue;
    for (const auto& link : links_of(version, include.parameter)) {
      if (link.id.empty()) {
        for (auto& one : TRY(of_canonical(include, link)))
          if (seen.insert(record_place(one)).second) found.push_back(std::move(one));
        continue;
      }
      const auto type = inside_.definitions().resource_type(link.type);
      if (!type || (include.target != fhir::no_type && *type != include.target)) continue;
      if (!seen.emplace(inside_.kind_of(*type), link.id).second) continue;
      auto current = TRY(visible({*type, link.id}));
      if (current) found.push_back(*std::move(current));
      if (found.size() > included_max) return too_many();
    }
  }
  return found;
}

// A canonical names a resource by its url, and perhaps its version. references.html#canonical
Result<std::vector<store::Version>> Finder::of_canonical(const Include& include,
                                                         const SearchLink& link) {
  std::vector<store::Version> found;
  if (link.url.empty() || include.parameter == nullptr) return found;
  const auto& definitions = inside_.definitions();
  for (const auto type : include.parameter->targets) {
    const auto* url = definitions.search_parameter(type, "url");
    if (url == nullptr || url->type != fhir::ParameterType::uri || !may_read(type)) continue;
    if (include.target != fhir::no_type && type != include.target) continue;
    store::Search search;
    search.kinds = {inside_.kind_of(type)};
    search.where =
        node_of(store::Node::Op::term, inside_.indexer().field(type, *url).uri(link.url));
    search.admits = access_.predicate();
    search.verifies = [&](const store::Version& version) {
      const auto document = json::parse(version.body);
      return document && document->root.text_of("url") == link.url &&
             (link.version.empty() || document->root.text_of("version") == link.version);
    };
    for (auto& hit : TRY(reader_.search(search)).hits)
      found.push_back(std::move(hit));
  }
  return found;
}

Result<std::vector<store::Version>> Finder::backward(const Include& include,
                                                     const std::vector<store::Version>& from) {
  if (include.source != fhir::no_type) return backward_from(include.source, include, from);
  std::vector<store::Version> found;
  for (const auto source : inside_.definitions().resource_types()) {
    if (TRY(reader_.count(inside_.kind_of(source))) == 0) continue;
    for (auto& version : TRY(backward_from(source, include, from)))
      found.push_back(std::move(version));
    if (found.size() > included_max) return too_many();
  }
  return found;
}

Result<std::vector<store::Version>> Finder::backward_from(fhir::TypeId source,
                                                          const Include& include,
                                                          const std::vector<store::Version>& from) {
  const auto& definitions = inside_.definitions();
  std::vector<store::Version> none;
  if (!may_read(source)) return none;
  std::vector<store::Node> nodes;
  for (const auto* parameter : definitions.search_parameters_of(source)) {
    const bool wanted = include.parameter == nullptr || parameter->code == include.parameter->code;
    if (parameter->type != fhir::ParameterType::reference || !wanted) continue;
    const auto& field = inside_.indexer().field(source, *parameter);
    for (const auto& version : from) {
      const auto type = inside_.type_of(version.key.kind);
      if (include.target != fhir::no_type && type != include.target) continue;
      if (include.parameter == nullptr && !refers_to(*parameter, type)) continue;
      nodes.push_back(node_of(store::Node::Op::term,
                              field.term(form::local, definitions.name(type), version.key.id)));
    }
  }
  if (nodes.empty()) return none;
  store::Search search;
  search.kinds = {inside_.kind_of(source)};
  search.where = either(std::move(nodes));
  search.admits = access_.predicate();
  search.count_max = included_max + 1;
  return std::move(TRY(reader_.search(search)).hits);
}

// ":iterate" goes on from what was itself included, until nothing new is found: each resource comes
// once, so that circles end.
Result<std::vector<store::Version>> Finder::included(const Query& query,
                                                     const std::vector<store::Version>& hits) {
  std::vector<store::Version> all;
  if (query.includes.empty()) return all;
  std::set<RecordPlace> seen;
  for (const auto& hit : hits)
    seen.insert(record_place(hit));

  std::vector<store::Version> round = hits;
  for (bool first = true; !round.empty(); first = false) {
    std::vector<store::Version> next;
    for (const auto& include : query.includes) {
      if (!first && !include.iterate) continue;
      auto found = TRY(include.reverse ? backward(include, round) : forward(include, round));
      for (auto& version : found) {
        if (seen.insert(record_place(version)).second) next.push_back(std::move(version));
      }
    }
    std::ranges::copy(next, std::back_inserter(all));
    if (all.size() > included_max) return too_many();
    round = std::move(next);
  }
  return all;
}

}  // namespace tasuki::record
