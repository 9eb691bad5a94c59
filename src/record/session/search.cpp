// Session: search. FHIR R4 search.html, http.html#search
#include <algorithm>

#include <fmt/core.h>

#include "record/expand.h"
#include "record/finder.h"
#include "record/session/cursor.h"
#include "record/session/trace.h"

namespace tasuki::record {

namespace {

constexpr size_t hits_traced_max =
    200;  // resources named one by one in a search's trace; the query says the rest

// A page link belongs to this question, types included.
std::string question_of(const Inside& inside, const fhir::search::Query& query) {
  std::string question;
  for (const auto type : query.types)
    question.append(inside.definitions().name(type)).append(",");
  if (query.compartment) {
    const auto type = inside.definitions().name(query.compartment->type);
    question = fmt::format("{}/{}/{}", type, query.compartment->id, question);
  }
  return question + "?" + query.self;
}

// With _contained=...&_containedType=contained the resources inside are the matches.
// search.html#contained
Result<void> add_matches(Finder& finder, const fhir::search::Query& query,
                         const store::Version& hit, std::vector<Resource>& matches) {
  using namespace fhir::search;
  const auto& inside = finder.inside();
  const bool alone =
      query.contained != Contained::no && query.contained_type == ContainedType::contained;
  if (!alone) {
    matches.push_back(resource_of(inside, hit));
    return {};
  }
  const auto found = TRY(finder.contained(query, hit));
  const bool is_itself = query.contained == Contained::both &&
                         inside.type_of(hit.key.kind) == query.types[0] &&
                         TRY(finder.is_itself_meant(query, hit));
  if (is_itself) matches.push_back(resource_of(inside, hit));
  for (const auto& one : found) {
    Resource resource = resource_of(inside, hit);
    resource.fragment = one.id;
    resource.body = one.body;
    matches.push_back(std::move(resource));
  }
  return {};
}

Result<void> trace_search(Inside& inside, store::Reader& reader, const Session& session,
                          const fhir::search::Query& query, const std::vector<store::Version>& hits,
                          const std::vector<store::Version>& included) {
  AuditEntry entry;
  entry.interaction = query.types.size() == 1 ? "search-type" : "search-system";
  entry.action = 'E';
  entry.time = session.time();
  entry.count = hits.size() + included.size();
  const std::string question = question_of(inside, query);
  entry.query = question;
  for (const auto* versions : {&hits, &included}) {
    for (const auto& version : *versions) {
      if (entry.what.size() < hits_traced_max) entry.what.push_back(reference_of(inside, version));
      auto patient = TRY(patient_of(inside, reader, version));
      if (!patient.empty() && std::ranges::find(entry.patients, patient) == entry.patients.end()) {
        entry.patients.push_back(std::move(patient));
      }
    }
  }
  return leave_trace(inside, session, entry);
}

}  // namespace

Result<SearchResult> Session::search(const fhir::search::Query& asked) {
  Inside& inside = record::inside(door_);
  auto query = asked;
  TRY(expand(inside.definitions(), inside.terminology().get(), query));
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  Finder finder(inside, *reader, access, principal_.role);

  const auto key = inside.indexer().key();
  Finder::Limits limits;
  limits.count = std::min(query.count.value_or(page_count_default), fhir::search::count_max);
  // An estimate would have to be counted over the same filtered set: then it is as well exact.
  limits.with_total = query.total != fhir::search::Total::none;
  if (!query.cursor.empty())
    limits.after = TRY(parse_cursor(key, question_of(inside, query), query.cursor));
  const auto found = finder.page(query, limits);
  if (!found) return traced(inside, *this, "search-type", found.error());
  const auto& page = *found;
  const auto included = TRY(finder.included(query, page.hits));

  TRY(trace_search(inside, *reader, *this, query, page.hits, included));
  SearchResult result;
  for (const auto& hit : page.hits)
    TRY(add_matches(finder, query, hit, result.matches));
  for (const auto& version : included)
    result.included.push_back(resource_of(inside, version));
  result.total = page.total;
  // All that there is stands on the first page: then it is counted already.
  const bool is_whole = !page.next && query.cursor.empty() && limits.count > 0;
  if (!result.total && is_whole) result.total = result.matches.size();
  if (page.next && limits.count > 0)
    result.next = print_cursor(key, question_of(inside, query), *page.next);
  return result;
}

}  // namespace tasuki::record
