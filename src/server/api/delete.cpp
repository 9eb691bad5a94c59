// A tombstone as the newest version; history stays. FHIR R4 http.html#delete
#include <algorithm>
#include <charconv>

#include "fhir/search/query.h"
#include "server/api/call.h"
#include "server/api/parameters.h"

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

std::vector<record::Change> removals(const Call& call, const std::vector<std::string>& ids,
                                     std::optional<uint32_t> if_match) {
  std::vector<record::Change> changes;
  std::vector<std::string> targets;
  for (const std::string& id : ids) {
    changes.push_back(removal_of(call, id));
    changes.back().if_match = if_match;
    targets.push_back(fmt::format("{}/{}", call.target.type_name, id));
  }
  if (call.provenance != nullptr && !changes.empty())
    changes.push_back(provenance_of(call, targets));
  return changes;
}

}  // namespace

Reply remove(Call& call) {
  record::Change change = removal_of(call, call.target.id);
  if (!call.if_match.empty()) change.if_match = TRY(parse_etag(call.if_match));
  auto removed = write(call, std::move(change));
  Answer answer{.done = Answer::Done::no_content};
  if (removed) {
    answer.stamped = *std::move(removed);
  } else if (removed.error().kind !=
             Error::Kind::gone) {  // deleting what is deleted already succeeds
    return std::move(removed).error();
  }
  return answer;
}

namespace {

// How many may go at once: by the server's policy, and by _count where that is less.
Result<size_t> most_of(Call& call) {
  size_t most = std::max<size_t>(call.settings.delete_many_max, 1);
  for (const Parameter& parameter : parameters_of(call.query)) {
    if (parameter.name != "_count") continue;
    size_t count = 0;
    const char* const end = parameter.value.data() + parameter.value.size();
    const auto [stopped, failure] = std::from_chars(parameter.value.data(), end, count);
    if (failure != std::errc() || stopped != end || count == 0)
      return Error{Error::Kind::invalid, "_count must be a whole number from 1.", "_count"};
    most = std::min(most, count);
  }
  return most;
}

bool has_count(const Call& call) {
  return std::ranges::any_of(parameters_of(call.query),
                             [](const Parameter& each) { return each.name == "_count"; });
}

Answer told(size_t count) {
  return {.done = Answer::Done::ok,
          .body = fmt::format(
              R"({{"resourceType":"OperationOutcome","issue":[{{"severity":"information",)"
              R"("code":"informational","details":{{"text":"{0}件を削除しました。"}},)"
              R"("diagnostics":"{0} resources were deleted."}}]}})",
              count)};
}

}  // namespace

// http.html#3.1.0.7.1: none is fine, one is deleted; several only where the server's policy allows
// as many, and then the answer says how many. With _count, as many of them go: who wants all asks
// again until none is left.
Reply remove_matching(Call& call) {
  if (without(call.query, {"_count"}).empty())
    return Error{Error::Kind::invalid,
                 "DELETE without an id needs criteria: DELETE [base]/Patient?identifier=...",
                 "url"};
  const size_t most = TRY(most_of(call));
  const bool several = call.settings.delete_many_max > 1;
  const size_t asked =
      several && has_count(call) ? most : most + 1;  // one more shows that it is too many
  fhir::search::Query query =
      TRY(fhir::search::parse(call.definitions, call.target.type, without(call.query, {"_count"})));
  query.count = asked;
  std::optional<uint32_t> if_match;
  if (!call.if_match.empty()) if_match = TRY(parse_etag(call.if_match));
  const auto build = [&](record::Resolver& resolver) -> Result<std::vector<record::Change>> {
    const auto matches = TRY(resolver.find(query, asked));
    if (matches.size() > most)
      return Error{Error::Kind::conflict,
                   fmt::format("More than {} match; this server deletes at most so many at once. "
                               "Narrow the criteria{}.",
                               most, several ? ", or say _count to delete some of them" : ""),
                   "url"};
    return removals(call, matches, if_match);
  };
  auto removed = TRY(call.session.transact(build));
  std::erase_if(removed, [](const record::Resource& each) { return !each.deleted; });
  if (several && removed.size() > 1) return told(removed.size());
  Answer answer{.done = Answer::Done::no_content};
  if (!removed.empty()) answer.stamped = std::move(removed.front());
  return answer;
}

}  // namespace tasuki::server::api
