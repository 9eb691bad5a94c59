#include "server/api/rest.h"

#include "fhir/terminology/operation/closure.h"
#include "json/parse.h"
#include "server/api/call.h"
#include "server/api/parameters.h"
#include "server/api/reply.h"
#include "server/purpose.h"

namespace tasuki::server::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return lower;
}

bool is_json(std::string_view media) {
  return media == "application/fhir+json" || media == "application/json" || media == "text/json" ||
         media == "json" || media == "application/json+fhir";
}

// "application/fhir+json; charset=utf-8" to the part before ';'.
std::string media_of(std::string_view header) {
  return lowered(trimmed(header.substr(0, header.find(';'))));
}

bool accepts_json(std::string_view accept) {
  if (trimmed(accept).empty()) return true;
  while (!accept.empty()) {
    const size_t comma = accept.find(',');
    const std::string media = media_of(accept.substr(0, comma));
    if (is_json(media) || media == "*/*" || media == "application/*") return true;
    accept = comma == std::string_view::npos ? std::string_view() : accept.substr(comma + 1);
  }
  return false;
}

struct Format {
  bool pretty = false;
  std::string query;  // what is left for the interaction
};

// _format wins over Accept. http.html#parameters
std::expected<Format, Problem> negotiate(const net::HttpRequest& request) {
  Format format;
  bool stated = false;
  for (const Parameter& parameter : parameters_of(request.query())) {
    if (parameter.name == "_format") {
      stated = true;
      // A '+' that was not percent-encoded has become a space.
      std::string media = lowered(parameter.value.substr(0, parameter.value.find(';')));
      std::replace(media.begin(), media.end(), ' ', '+');
      if (!is_json(media))
        return std::unexpected(Problem(Refusal::not_acceptable,
                                       "_format must be json: only JSON is served.", "_format"));
    } else if (parameter.name == "_pretty") {
      format.pretty = parameter.value == "true";
    }
  }
  if (!stated && !accepts_json(request.header("Accept")))
    return std::unexpected(
        Problem(Refusal::not_acceptable, "Only application/fhir+json is served.", "Accept"));
  format.query = without(request.query(), {"_format", "_pretty"});
  return format;
}

std::expected<void, Problem> check_media(const net::HttpRequest& request, bool form) {
  const std::string_view header = request.header("Content-Type");
  const std::string media = media_of(header);
  const std::string parameters = lowered(header);
  const bool utf8 = !parameters.contains("charset=") || parameters.contains("charset=utf-8") ||
                    parameters.contains("charset=\"utf-8\"");
  if (utf8 && (form ? media == "application/x-www-form-urlencoded" : is_json(media))) return {};
  return std::unexpected(Problem(
      Refusal::media_type,
      form ? "POST _search takes application/x-www-form-urlencoded in UTF-8."
           : "The body must be application/fhir+json in UTF-8, and Content-Type must say so.",
      "Content-Type"));
}

Return prefer_of(std::string_view header) {
  const std::string prefer = lowered(header);
  if (prefer.contains("return=minimal")) return Return::minimal;
  if (prefer.contains("return=representation")) return Return::representation;
  if (prefer.contains("return=operationoutcome")) return Return::outcome;
  return Return::unsaid;
}

bool is_search(Shape shape) {
  return shape == Shape::type_search || shape == Shape::system_search;
}
bool takes_body(std::string_view method, Shape shape) {
  return (method == "POST" || method == "PUT") && !is_search(shape);
}

// Only what a host name may hold: it is repeated in links.
bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return host.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_") ==
         std::string_view::npos;
}

std::string base_of(const ServerSettings& settings, const net::HttpRequest& request) {
  if (!settings.base.empty()) return settings.base;
  const std::string_view host = request.header("Host");
  return fmt::format("{}://{}{}", settings.secure_cookie ? "https" : "http",
                     is_host(host) ? host : "localhost", rest_prefix);
}

std::expected<json::Document, Problem> body_of(const ServerSettings&,
                                               const net::HttpRequest& request) {
  if (auto media = check_media(request, false); !media)
    return std::unexpected(std::move(media).error());
  auto document = json::parse(request.body);
  if (!document) {
    // Line and column are no FHIRPath, so they belong into the sentence.
    const Error& why = document.error();
    return std::unexpected(
        Problem(Error{why.kind, fmt::format("{} ({})", why.message, why.location), {}}));
  }
  if (!document->root.is_object())
    return std::unexpected(
        Problem(Error{Error::Kind::invalid, "The body must be one JSON object: a resource.", {}}));
  return *std::move(document);
}

}  // namespace

Rest::Rest(const ServerSettings& settings, record::Door& door)
    : settings_(settings),
      door_(door),
      closures_(std::make_unique<fhir::terminology::ClosureTables>()) {}

Rest::~Rest() = default;

bool Rest::is_quick(const net::HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  std::string_view path = request.path();
  if (!path.starts_with("/fhir/")) return false;
  path.remove_prefix(6);
  const size_t slash = path.find('/');
  return slash != std::string_view::npos && path.find('/', slash + 1) == std::string_view::npos &&
         slash + 1 < path.size() && path[slash + 1] != '_' && path[slash + 1] != '$' &&
         path[slash + 1] != '%';
}

net::HttpResponse Rest::handle(const net::HttpRequest& request,
                               const std::optional<record::Principal>& principal) const {
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  const auto format = negotiate(request);
  if (!format) return respond(format.error());
  const bool is_metadata = request.path() == "/fhir/metadata";
  if (!principal && !is_metadata)
    return respond(Problem(
        Error{Error::Kind::unauthenticated,
              "Sign in first: a session cookie, or Authorization: Bearer with a session token.",
              "Authorization"}));
  auto target = parse_target(door_.definitions(), request.path().substr(rest_prefix.size()));
  if (!target) return respond(Problem(std::move(target).error()));

  const record::Principal caller = principal.value_or(record::Principal{});
  record::Session session = door_.session(caller, purpose_of(caller));
  const std::string base = base_of(settings_, request);
  Call call{.session = session,
            .definitions = door_.definitions(),
            .settings = settings_,
            .base = base,
            .target = *std::move(target),
            .query = format->query,
            .body = nullptr,
            .resource = nullptr,
            .if_match = std::string(request.header("If-Match")),
            .if_none_match = std::string(request.header("If-None-Match")),
            .if_none_exist = std::string(request.header("If-None-Exist")),
            .prefer = prefer_of(request.header("Prefer")),
            .languages = request.header("Accept-Language"),
            .terminology = door_.terminology(),
            .closures = closures_.get()};
  const std::string stated_media = media_of(request.header("Content-Type"));
  if (is_operation(call.target.shape)) {
    call.media = stated_media;
    call.content = request.body;
  }

  std::optional<json::Document> document;
  const bool bare = is_operation(call.target.shape) &&
                    (request.body.empty() || stated_media == "application/graphql");
  if (takes_body(method, call.target.shape) && !bare) {
    auto body = body_of(settings_, request);
    if (!body) return respond(body.error());
    document = *std::move(body);
    call.body = &*document;
    call.resource = &document->root;
  } else if (method == "POST" && is_search(call.target.shape)) {
    if (auto media = check_media(request, true); !media) return respond(media.error());
    if (!call.query.empty() && !request.body.empty()) call.query += '&';
    call.query += without(request.body, {"_format", "_pretty"});
  }
  Reply reply = perform(method, call);
  return reply ? respond(door_.definitions(), base, *std::move(reply), format->pretty)
               : respond(reply.error());
}

}  // namespace tasuki::server::api
