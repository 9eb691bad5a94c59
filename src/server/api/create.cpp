// A new resource with an id of the server's choice; with If-None-Exist only where nothing matches.
// FHIR R4 http.html#create, #ccreate
#include "fhir/search/query.h"
#include "server/api/call.h"

namespace tasuki::server::api {

Reply create(Call& call) {
  TRY(check_type(call));
  record::Change change{.action = record::Change::Action::create,
                        .type = call.target.type,
                        .id = {},
                        .resource = call.resource,
                        .if_match = {},
                        .if_none_exist = {},
                        .unless_same = false};
  if (!call.if_none_exist.empty())
    change.if_none_exist =
        TRY(fhir::search::parse(call.definitions, call.target.type, call.if_none_exist));
  return written(call, TRY(write(call, std::move(change))));
}

}  // namespace tasuki::server::api
