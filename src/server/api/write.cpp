// One change, and with it in the same commit the Provenance that came in a header. FHIR R4
// provenance.html#header
#include "base/uuid.h"
#include "server/api/call.h"

namespace tasuki::server::api {

record::Change provenance_of(const Call& call, std::span<const std::string> targets) {
  json::Arena& arena = call.provenance->arena;
  json::Value list = json::Value::array();
  for (const std::string& target : targets) {
    json::Value reference = json::Value::object();
    reference.set(arena, "reference", json::Value::string(arena, target));
    list.push(arena, reference);
  }
  call.provenance->root.set(arena, "target", list);
  return {.action = record::Change::Action::create,
          .type = call.definitions.resource_type("Provenance").value_or(fhir::no_type),
          .id = {},
          .resource = &call.provenance->root,
          .if_match = {},
          .if_none_exist = {}};
}

std::vector<record::Change> with_provenance(const Call& call, record::Change change) {
  if (call.provenance == nullptr) return {std::move(change)};
  if (change.id.empty()) change.id = random_uuid();
  const std::string target = fmt::format("{}/{}", call.definitions.name(change.type), change.id);
  return {std::move(change), provenance_of(call, std::span(&target, 1))};
}

Result<record::Resource> write(const Call& call, record::Change change) {
  if (call.provenance == nullptr) return call.session.write(change);
  // The id must be known before the commit, and what a condition found needs no provenance.
  if (change.id.empty()) change.id = random_uuid();
  std::optional<std::string> standing;
  const auto build = [&](record::Resolver& resolver) -> Result<std::vector<record::Change>> {
    standing.reset();
    if (change.if_none_exist) {
      const auto found = TRY(resolver.find(*change.if_none_exist));
      if (found.size() > 1)
        return Error{Error::Kind::conflict, "More than one resource matches the condition.",
                     "If-None-Exist"};
      if (!found.empty()) {
        standing = found.front();
        return std::vector<record::Change>{};
      }
    }
    return with_provenance(call, change);
  };
  auto written_ones = TRY(call.session.transact(build));
  if (standing) return call.session.read(change.type, *standing);
  return std::move(written_ones.front());
}

}  // namespace tasuki::server::api
