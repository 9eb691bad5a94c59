// A search page: matches, what they include, and the way to the next page. FHIR R4 search.html,
// http.html#search
#include "fhir/search/query.h"

#include "server/api/bundle.h"
#include "server/api/call.h"
#include "server/api/explain.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

std::string page_url(const Call& call, std::string_view query) {
  std::string url(call.base);
  if (!call.target.type_name.empty()) url += "/" + call.target.type_name;
  if (!query.empty()) {
    url += '?';
    url += query;
  }
  return url;
}

// search.html#count: a server may return fewer than asked, never more.
size_t page_size(const Call& call, const fhir::search::Query& query) {
  return std::min(query.count.value_or(call.settings.count_default), call.settings.count_max);
}

}  // namespace

Reply search(Call& call) {
  std::optional<fhir::TypeId> type;
  if (call.target.type != fhir::no_type) type = call.target.type;
  const bool explains = asks_to_explain(call.query);
  if (explains) call.query = without(call.query, {"_explain"});
  fhir::search::Query query = TRY(fhir::search::parse(call.definitions, type, call.query));
  const bool count_only = query.count == 0;
  query.count = count_only ? 0 : page_size(call, query);
  if (count_only) query.total = fhir::search::Total::accurate;

  if (explains) return explain(call, query);
  const record::SearchResult result = TRY(call.session.search(query));
  BundleText bundle("searchset", call.base);
  if (result.total) bundle.total(*result.total);
  bundle.link("self", page_url(call, query.self));
  if (!result.next.empty() && !count_only) {
    std::string next = without(call.query, {"_cursor"});
    if (!next.empty()) next += '&';
    bundle.link("next", page_url(call, next + "_cursor=" + percent_encoded(result.next)));
  }
  if (!count_only) {
    for (const record::Resource& match : result.matches)
      bundle.found(call.definitions.name(match.type), match, Mode::match);
    for (const record::Resource& more : result.included)
      bundle.found(call.definitions.name(more.type), more, Mode::include);
  }
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

}  // namespace tasuki::server::api
