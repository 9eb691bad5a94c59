// A search page: matches, what they include, and the way to the next page. FHIR R4 search.html,
// http.html#search; compartments: compartmentdefinition.html, search.html#compartments
#include "fhir/search/query.h"

#include "fhir/search/compartment.h"
#include "json/print.h"
#include "server/api/bundle.h"
#include "server/api/call.h"
#include "server/api/explain.h"
#include "server/api/parameters.h"
#include "server/api/subset.h"

namespace tasuki::server::api {
namespace {

using fhir::search::Handling;
using fhir::search::Query;

bool is_compartment(Shape shape) {
  return shape == Shape::compartment || shape == Shape::compartment_search;
}

std::string page_url(const Call& call, std::string_view query) {
  std::string url(call.base);
  if (!call.target.type_name.empty()) url += "/" + call.target.type_name;
  if (is_compartment(call.target.shape))
    url += "/" + call.target.id + "/" + call.target.member_name;
  if (!query.empty()) {
    url += '?';
    url += query;
  }
  return url;
}

// search.html#count: a server may return fewer than asked, never more.
size_t entries_wanted(const Call& call, const Query& query) {
  return std::min(query.count.value_or(call.settings.count_default), call.settings.count_max);
}

Result<Query> question(const Call& call) {
  std::optional<fhir::TypeId> type;
  const auto& target = call.target;
  const bool within = is_compartment(target.shape);
  const auto searched = within ? target.member : target.type;
  if (searched != fhir::no_type) type = searched;
  Query query = TRY(fhir::search::parse(call.definitions, type, call.query,
                                        call.lenient ? Handling::lenient : Handling::strict));
  if (!within) return query;
  query.compartment = {target.type, target.id};
  if (!query.types.empty()) return query;
  // "Patient/1/*": the types that may belong to it.
  for (const auto each : call.definitions.resource_types()) {
    const auto links = fhir::search::compartment_links(call.definitions, target.type, each);
    if (!links.empty() || each == target.type) query.types.push_back(each);
  }
  return query;
}

// What lenient handling has left out is said in the answer. http.html, Prefer: handling
std::string outcome_of(const Query& query) {
  std::string text = R"({"resourceType":"OperationOutcome","issue":[)";
  for (size_t i = 0; i < query.dropped.size(); ++i) {
    if (i > 0) text += ',';
    text +=
        R"({"severity":"warning","code":"not-supported","details":{"text":"この条件は使われませんでした。"},"diagnostics":)";
    json::print_string(query.dropped[i].reason, text);
    text += R"(,"expression":[)";
    json::print_string(query.dropped[i].name, text);
    text += "]}";
  }
  return text + "]}";
}

void add_entries(const Call& call, const Query& query, record::SearchResult& result,
                 BundleText& bundle) {
  for (record::Resource& match : result.matches) {
    match.body = subset(call.definitions, query, std::move(match.body), false);
    bundle.found(call.definitions.name(match.type), match, Mode::match);
  }
  for (record::Resource& more : result.included) {
    more.body = subset(call.definitions, query, std::move(more.body), true);
    bundle.found(call.definitions.name(more.type), more, Mode::include);
  }
}

}  // namespace

Reply search(Call& call) {
  const bool explains = asks_to_explain(call.query);
  if (explains) call.query = without(call.query, {"_explain"});
  Query query = TRY(question(call));
  const bool count_only = query.count == 0;
  query.count = count_only ? 0 : entries_wanted(call, query);
  if (count_only) query.total = fhir::search::Total::accurate;

  if (explains) return explain(call, query);
  record::SearchResult result = TRY(call.session.search(query));
  BundleText bundle("searchset", call.base);
  if (result.total) bundle.total(*result.total);
  bundle.link("self", page_url(call, query.self));
  if (!result.next.empty() && !count_only) {
    std::string next = without(call.query, {"_cursor"});
    if (!next.empty()) next += '&';
    bundle.link("next", page_url(call, next + "_cursor=" + percent_encoded(result.next)));
  }
  if (!count_only) add_entries(call, query, result, bundle);
  if (!query.dropped.empty()) bundle.outcome(outcome_of(query));
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

}  // namespace tasuki::server::api
