// A tombstone as the newest version; history stays. FHIR R4 http.html#delete
#include "fhir/search/query.h"
#include "server/api/call.h"

namespace tasuki::server::api {
namespace {

record::Change removal_of(const Call& call, const std::string& id) {
  return {.action = record::Change::Action::remove,
          .type = call.target.type,
          .id = id,
          .resource = nullptr,
          .if_match = {},
          .if_none_exist = {},
          .unless_same = false};
}

}  // namespace

Reply remove(Call& call) {
  record::Change change = removal_of(call, call.target.id);
  if (!call.if_match.empty()) change.if_match = TRY(parse_etag(call.if_match));
  auto removed = call.session.write(change);
  Answer answer{.done = Answer::Done::no_content};
  if (removed) {
    answer.stamped = *std::move(removed);
  } else if (removed.error().kind !=
             Error::Kind::gone) {  // deleting what is deleted already succeeds
    return std::move(removed).error();
  }
  return answer;
}

// http.html#3.1.0.7.1: one match is deleted, none is fine, more are refused (we do not delete many
// at once).
Reply remove_matching(Call& call) {
  if (call.query.empty())
    return Error{Error::Kind::invalid,
                 "DELETE without an id needs criteria: DELETE [base]/Patient?identifier=...",
                 "url"};
  fhir::search::Query query =
      TRY(fhir::search::parse(call.definitions, call.target.type, call.query));
  query.count = 2;
  const auto build = [&](record::Resolver& resolver) -> Result<std::vector<record::Change>> {
    const auto matches = TRY(resolver.find(query));
    if (matches.size() > 1)
      return Error{Error::Kind::conflict,
                   "More than one resource matches; a conditional delete needs at most one.",
                   "url"};
    if (matches.empty()) return std::vector<record::Change>{};
    return std::vector{removal_of(call, matches.front())};
  };
  auto removed = TRY(call.session.transact(build));
  Answer answer{.done = Answer::Done::no_content};
  if (!removed.empty()) answer.stamped = std::move(removed.front());
  return answer;
}

}  // namespace tasuki::server::api
