// The current version of a resource. FHIR R4 http.html#read
#include "server/api/call.h"

namespace tasuki::server::api {

namespace {

bool has_it_already(const Call& call, uint32_t version) {
  const auto held =
      call.if_none_match.empty() ? Result<uint32_t>(0U) : parse_etag(call.if_none_match);
  return held && *held == version;
}

}  // namespace

Reply read(Call& call) {
  record::Resource resource = TRY(call.session.read(call.target.type, call.target.id));
  Answer answer{.done = Answer::Done::ok};
  if (has_it_already(call, resource.version)) {
    answer.done = Answer::Done::not_modified;
  } else {
    answer.body = std::move(resource.body);
  }
  answer.stamped = std::move(resource);
  return answer;
}

// One version, be it the current one. http.html#vread
Reply read_version(Call& call) {
  record::Resource resource =
      TRY(call.session.read_version(call.target.type, call.target.id, call.target.version));
  if (resource.deleted)
    return Error{Error::Kind::gone,
                 fmt::format("Version {} is the one that deleted the resource.", resource.version),
                 "url"};
  Answer answer{.done = Answer::Done::ok, .body = std::move(resource.body)};
  answer.stamped = std::move(resource);
  return answer;
}

}  // namespace tasuki::server::api
