// The current version of a resource. FHIR R4 http.html#read
#include "json/parse.h"
#include "record/base64.h"
#include "server/api/call.h"
#include "server/api/media.h"
#include "server/api/reply.h"
#include "server/api/statement.h"

namespace tasuki::server::api {

namespace {

// http.html#cread: one of the version tags, or "*".
bool has_version(std::string_view tags, uint32_t version) {
  while (!tags.empty()) {
    const size_t comma = tags.find(',');
    std::string_view tag = tags.substr(0, comma);
    tags = comma == std::string_view::npos ? std::string_view() : tags.substr(comma + 1);
    while (tag.starts_with(' '))
      tag.remove_prefix(1);
    const auto held = parse_etag(tag);
    if (tag == "*" || (held && *held == version)) return true;
  }
  return false;
}

// RFC 9110 13.1.3: the date counts only where no tag is given.
bool has_it_already(const Call& call, const record::Resource& resource) {
  if (!call.if_none_match.empty()) return has_version(call.if_none_match, resource.version);
  return call.if_modified_since &&
         seconds_of(resource.updated) <= seconds_of(*call.if_modified_since);
}

// binary.html#rest: a Binary answers with its bytes unless FHIR's formats were asked for by name.
Reply undress_binary(const Call& call, Answer answer) {
  if (call.wanted == nullptr || call.wanted->stated || call.target.type_name != "Binary")
    return answer;
  const auto document = TRY(json::parse(answer.body));
  const std::string_view media = document.root.text_of("contentType");
  if (!call.wanted->foreign.empty() && call.wanted->foreign != media_of(media))
    return Problem(Refusal::not_acceptable,
                   fmt::format("This Binary is {}; that is not what Accept names.", media),
                   "Accept");
  auto bytes = record::from_base64(document.root.text_of("data"));
  if (!bytes) return answer;
  answer.media = media;
  answer.body = *std::move(bytes);
  return answer;
}

}  // namespace

Reply read(Call& call) {
  if (call.target.type_name == "OperationDefinition")
    if (auto text = operation_definition(call.target.id))
      return Answer{.done = Answer::Done::ok, .body = *std::move(text)};
  record::Resource resource = TRY(call.session.read(call.target.type, call.target.id));
  Answer answer{.done = Answer::Done::ok};
  const bool held = has_it_already(call, resource);
  if (held) answer.done = Answer::Done::not_modified;
  if (!held) answer.body = std::move(resource.body);
  answer.stamped = std::move(resource);
  if (held) return answer;
  return undress_binary(call, std::move(answer));
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
  return undress_binary(call, std::move(answer));
}

}  // namespace tasuki::server::api
