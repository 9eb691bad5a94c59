// Patient/[id]/$everything, Encounter/[id]/$everything: a page of the record after the other.
// FHIR R4 patient-operation-everything.html, encounter-operation-everything.html
//
// Not on Patient as a type: everybody's everything is what $export is for.
#include "fhir/search/moment.h"
#include "record/compartment.h"
#include "server/api/bundle.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

// "2026-11" begins with its first day and ends with its last. start and end are dates.
Result<std::optional<Instant>> day(const Input& input, std::string_view name, bool end) {
  const auto text = input.text(name);
  if (!text) return std::optional<Instant>();
  const auto moment = fhir::search::parse_moment(*text);
  if (!moment)
    return Error{Error::Kind::invalid, fmt::format("{} must be a date such as 2026-11-23.", name),
                 std::string(name)};
  return std::optional(Instant(std::chrono::microseconds(end ? moment->to : moment->from)));
}

}  // namespace

Reply everything(Call& call, const Input& input) {
  TRY(call.session.read(call.target.type, call.target.id));  // absent, gone or hidden: said so
  record::CompartmentRequest request;
  request.of = call.target.type;
  request.ids = {call.target.id};
  if (TRY(input.truth("_linked", false))) {
    if (call.target.type_name != "Patient")
      return Error{Error::Kind::invalid, "_linked is of Patient/[id]/$everything.", "_linked"};
    request.ids = TRY(linked_records(call.session, call.target.id));
  }
  request.types = TRY(types_of(call.definitions, input.texts("_type")));
  request.since = TRY(input.instant("_since"));
  request.from = TRY(day(input, "start", false));
  request.to = TRY(day(input, "end", true));
  request.count = TRY(page_count(call, input));
  request.cursor = input.text("_cursor").value_or("");

  const record::SearchResult result = TRY(record::compartment(call.session, request));
  BundleText bundle("searchset", call.base);
  bundle.link("self", operation_url(call, input, {}));
  if (!result.next.empty()) bundle.link("next", operation_url(call, input, result.next));
  for (const record::Resource& match : result.matches)
    bundle.found(call.definitions.name(match.type), match, Mode::match);
  for (const record::Resource& more : result.included)
    bundle.found(call.definitions.name(more.type), more, Mode::include);
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

}  // namespace tasuki::server::api
