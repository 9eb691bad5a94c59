// A new version of a resource, or its first under an id of the client's choice. FHIR R4
// http.html#update, #upsert
#include "base/utf8.h"
#include "fhir/search/query.h"
#include "server/api/call.h"

namespace tasuki::server::api {
namespace {

record::Change update_of(const Call& call, const std::string& id) {
  return {.action = record::Change::Action::update,
          .type = call.target.type,
          .id = id,
          .resource = call.resource,
          .if_match = {},
          .if_none_exist = {},
          .unless_same = false};
}

Result<void> check_id(const Call& call, std::string_view expected) {
  const json::Value* id = call.resource->find("id");
  if (id == nullptr)
    return Error{
        Error::Kind::invalid,
        fmt::format("The body has no id; the URL says \"{}\". They must be equal.", expected),
        call.target.type_name + ".id"};
  if (id->text() != expected)
    return Error{Error::Kind::invalid,
                 fmt::format("The body's id is \"{}\" but the URL says \"{}\".",
                             utf8::head(id->text(), 64), expected),
                 call.target.type_name + ".id"};
  return {};
}

// http.html#cond-update: none matches: create; one: update it; more: refuse.
Result<record::Change> change_for(const Call& call, const std::vector<std::string>& matches) {
  if (matches.size() > 1)
    return Error{Error::Kind::conflict,
                 "More than one resource matches; a conditional update needs exactly one.", "url"};
  const json::Value* id = call.resource->find("id");
  if (!matches.empty()) {
    if (id != nullptr) {
      TRY(check_id(call, matches.front()));
    } else {
      json::Arena& arena = call.body->arena;
      call.resource->set(arena, "id", json::Value::string(arena, matches.front()));
    }
    return update_of(call, matches.front());
  }
  if (id != nullptr) return update_of(call, std::string(id->text()));
  record::Change change = update_of(call, {});
  change.action = record::Change::Action::create;
  return change;
}

}  // namespace

Reply update(Call& call) {
  TRY(check_type(call));
  TRY(check_id(call, call.target.id));
  record::Change change = update_of(call, call.target.id);
  if (!call.if_match.empty()) change.if_match = TRY(parse_etag(call.if_match));
  if (call.if_none_match == "*")
    change.if_match = 0;  // http.html#concurrency: only where nothing stands yet
  return written(call, TRY(write(call, std::move(change))));
}

Reply update_matching(Call& call) {
  if (call.query.empty())
    return Error{Error::Kind::invalid,
                 "PUT without an id needs criteria: PUT [base]/Patient?identifier=...", "url"};
  TRY(check_type(call));
  fhir::search::Query query =
      TRY(fhir::search::parse(call.definitions, call.target.type, call.query));
  query.count = 2;  // a third would change nothing
  std::optional<uint32_t> if_match;
  if (!call.if_match.empty()) if_match = TRY(parse_etag(call.if_match));
  const auto build = [&](record::Resolver& resolver) -> Result<std::vector<record::Change>> {
    const auto matches = TRY(resolver.find(query));
    if (if_match && matches.empty())
      return Error{Error::Kind::conflict, "If-Match names a version, but nothing matches.",
                   "If-Match"};
    record::Change change = TRY(change_for(call, matches));
    if (if_match) change.if_match = if_match;
    return with_provenance(call, std::move(change));
  };
  auto written_ones = TRY(call.session.transact(build));
  return written(call, std::move(written_ones.front()));
}

}  // namespace tasuki::server::api
