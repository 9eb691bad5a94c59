#include "server/api/body.h"

#include "fhir/xml/xml.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/base64.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

bool is_search(Shape shape) {
  return shape == Shape::type_search || shape == Shape::system_search ||
         shape == Shape::compartment_search;
}

std::expected<json::Document, Problem> json_of(std::string_view text) {
  auto document = json::parse(text);
  if (!document) return std::unexpected(unreadable(document.error()));
  return *std::move(document);
}

std::expected<json::Document, Problem> resource_of(const Call& call, Media media,
                                                   std::string_view text) {
  if (media == Media::xml) {
    auto document = fhir::from_xml(call.definitions, text);
    if (!document) return std::unexpected(unreadable(document.error()));
    return *std::move(document);
  }
  auto document = json_of(text);
  if (!document) return document;
  if (!document->root.is_object())
    return std::unexpected(
        Problem(Error{Error::Kind::invalid, "The body must be one JSON object: a resource.", {}}));
  return document;
}

bool is_resource(Media media) {
  return media == Media::json || media == Media::fhir_json || media == Media::xml;
}

Problem wrong_media(std::string_view what) {
  return {Refusal::media_type, std::string(what), "Content-Type"};
}

// Bytes sent to Binary become its resource. binary.html#rest
json::Document binary_of(const net::HttpRequest& request, std::string_view media,
                         const Call& call) {
  json::Document document;
  json::Arena& arena = document.arena;
  document.root = json::Value::object();
  document.root.set(arena, "resourceType", json::Value::string(arena, "Binary"));
  if (!call.target.id.empty())
    document.root.set(arena, "id", json::Value::string(arena, call.target.id));
  document.root.set(arena, "contentType", json::Value::string(arena, media));
  if (const std::string_view about = request.header("X-Security-Context"); !about.empty()) {
    json::Value reference = json::Value::object();
    reference.set(arena, "reference", json::Value::string(arena, about));
    document.root.set(arena, "securityContext", reference);
  }
  if (!request.body.empty())
    document.root.set(arena, "data", json::Value::string(arena, record::base64(request.body)));
  return document;
}

// Plain application/json may be a Binary resource or the bytes of one.
bool is_raw_binary(const net::HttpRequest& request, const Call& call, Media media) {
  if (call.target.type_name != "Binary") return false;
  if (call.target.shape != Shape::type && call.target.shape != Shape::instance) return false;
  if (media == Media::fhir_json) return false;
  if (media == Media::xml)
    return !media_of(request.header("Content-Type")).contains("fhir") &&
           !request.body.contains("http://hl7.org/fhir");
  if (media != Media::json) return media != Media::none;
  const auto document = json::parse(request.body);
  return !document || document->root.text_of("resourceType") != "Binary";
}

std::expected<void, Problem> take_patch(const net::HttpRequest& request, Call& call, Media media,
                                        Body& body) {
  if (media == Media::xml_patch) return {};
  if (media != Media::json_patch && !is_resource(media))
    return std::unexpected(wrong_media(
        "PATCH takes application/json-patch+json, application/xml-patch+xml, or a FHIRPath Patch "
        "(Parameters) as application/fhir+json or application/fhir+xml."));
  auto document =
      media == Media::json_patch ? json_of(request.body) : resource_of(call, media, request.body);
  if (!document) return std::unexpected(std::move(document).error());
  body.document = *std::move(document);
  return {};
}

// provenance.html#header: a Provenance without target; the server adds what was written.
std::expected<void, Problem> take_provenance(const net::HttpRequest& request, Call& call,
                                             Body& body) {
  const std::string_view text = request.header("X-Provenance");
  if (text.empty()) return {};
  auto document = json_of(text);
  if (!document || document->root.text_of("resourceType") != "Provenance")
    return std::unexpected(
        Problem(Error{Error::Kind::invalid, "X-Provenance must be a Provenance resource as JSON.",
                      "X-Provenance"}));
  body.provenance = *std::move(document);
  call.provenance = &*body.provenance;
  return {};
}

std::expected<void, Problem> take_bundle(const net::HttpRequest& request, Call& call, Media media,
                                         Body& body) {
  if (media != Media::xml) return {};
  auto document = resource_of(call, media, request.body);
  if (!document) return std::unexpected(std::move(document).error());
  body.text = json::print(document->root);
  call.content = body.text;
  return {};
}

}  // namespace

Problem unreadable(const Error& why) {
  return Error{why.kind, fmt::format("{} ({})", why.message, why.location), {}};
}

std::expected<void, Problem> take_body(const net::HttpRequest& request, Call& call, Body& body) {
  const std::string_view method = request.method;
  const bool writes = method == "POST" || method == "PUT" || method == "PATCH";
  if (!writes && method != "DELETE") return {};
  if (auto taken = take_provenance(request, call, body); !taken) return taken;
  if (!writes) return {};

  const auto media = stated_media(request.header("Content-Type"));
  if (!media) return std::unexpected(media.error());
  body.media = media_of(request.header("Content-Type"));
  call.media = body.media;
  call.content = request.body;

  if (method == "POST" && is_search(call.target.shape)) {
    if (*media != Media::form && !request.body.empty())
      return std::unexpected(
          wrong_media("POST _search takes application/x-www-form-urlencoded in UTF-8."));
    if (!call.query.empty() && !request.body.empty()) call.query += '&';
    call.query += without(request.body, {"_format", "_pretty"});
    return {};
  }
  const bool as_it_is = *media == Media::graphql || body.media == "application/fhir+ndjson";
  if (is_operation(call.target.shape) && (request.body.empty() || as_it_is)) return {};
  if (method == "PATCH") {
    if (auto taken = take_patch(request, call, *media, body); !taken) return taken;
  } else if (is_raw_binary(request, call, *media)) {
    body.document = binary_of(request, body.media, call);
  } else if (!is_resource(*media)) {
    return std::unexpected(
        wrong_media("The body must be application/fhir+json or application/fhir+xml in UTF-8, and "
                    "Content-Type must say so."));
  } else if (call.target.shape == Shape::system) {
    return take_bundle(request, call, *media, body);
  } else {
    auto document = resource_of(call, *media, request.body);
    if (!document) return std::unexpected(std::move(document).error());
    body.document = *std::move(document);
  }
  if (!body.document) return {};
  call.body = &*body.document;
  call.resource = &body.document->root;
  return {};
}

}  // namespace tasuki::server::api
