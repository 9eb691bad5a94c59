// Changes to a resource instead of the whole of it: JSON Patch, FHIRPath Patch, XML Patch; on one
// id or on what criteria name. FHIR R4 http.html#patch, #cond-update
//
// The version that was patched is the one that must still stand when the result is written; where
// somebody was faster and the client named no version, the patch is applied anew to what stands
// now.
#include "server/api/patch.h"

#include "fhir/patch/patch.h"
#include "fhir/search/query.h"
#include "json/parse.h"
#include "server/api/media.h"

namespace tasuki::server::api {
namespace {

constexpr int patch_attempts_max = 5;

Result<json::Document> applied(const Call& call, json::Document target) {
  switch (media_named(media_of(call.media))) {
    case Media::xml_patch:
      return fhir::apply_xml_patch(call.definitions, target.root, call.content);
    case Media::json_patch:
      TRY(fhir::apply_json_patch(target, *call.resource));
      return target;
    default:
      TRY(fhir::apply_fhirpath_patch(call.definitions, target, *call.resource));
      return target;
  }
}

// What decides the identity of a resource is not the patch's to change.
Result<void> check_identity(const json::Value& result, const Call& call, std::string_view id) {
  const std::string_view type = result.text_of("resourceType");
  if (type != call.target.type_name || result.text_of("id") != id)
    return Error{Error::Kind::invalid, "A patch cannot change the resourceType or the id.",
                 call.target.type_name + ".id"};
  return {};
}

Reply patch_one(Call& call, record::Resource standing) {
  for (int attempt = 1;; ++attempt) {
    if (!call.if_match.empty() && TRY(parse_etag(call.if_match)) != standing.version)
      return Problem(
          Refusal::precondition,
          fmt::format("Version {} stands, not the one If-Match names.", standing.version),
          "If-Match");
    auto document = patched(call, standing);
    if (!document) return std::move(document).error();
    auto resource = write(call, {.action = record::Change::Action::update,
                                 .type = call.target.type,
                                 .id = standing.id,
                                 .resource = &document->root,
                                 .if_match = standing.version,
                                 .if_none_exist = {}});
    if (resource) return written(call, *std::move(resource));
    const bool faster = resource.error().kind == Error::Kind::conflict && call.if_match.empty();
    if (!faster || attempt == patch_attempts_max) return std::move(resource).error();
    standing = TRY(call.session.read(call.target.type, standing.id));
  }
}

}  // namespace

std::expected<json::Document, Problem> patched(const Call& call, const record::Resource& standing) {
  auto target = json::parse(standing.body);
  if (!target) return std::unexpected(Problem(target.error()));
  auto result = applied(call, *std::move(target));
  if (result)
    if (auto kept = check_identity(result->root, call, standing.id); !kept)
      result = std::move(kept).error();
  if (result) return *std::move(result);
  Problem problem(std::move(result).error());
  if (problem.error.kind == Error::Kind::invalid) problem.refusal = Refusal::unprocessable;
  return std::unexpected(std::move(problem));
}

Reply patch(Call& call) {
  return patch_one(call, TRY(call.session.read(call.target.type, call.target.id)));
}

Reply patch_matching(Call& call) {
  if (call.query.empty())
    return Error{Error::Kind::invalid,
                 "PATCH without an id needs criteria: PATCH [base]/Patient?identifier=...", "url"};
  auto query = TRY(fhir::search::parse(call.definitions, call.target.type, call.query));
  query.count = 2;  // a third would change nothing
  record::SearchResult found = TRY(call.session.search(query));
  if (found.matches.empty())
    return Error{Error::Kind::not_found, "Nothing matches the criteria; there is nothing to patch.",
                 "url"};
  if (found.matches.size() > 1)
    return Problem(Refusal::precondition,
                   "More than one resource matches; a conditional patch needs exactly one.", "url");
  return patch_one(call, std::move(found.matches.front()));
}

}  // namespace tasuki::server::api
