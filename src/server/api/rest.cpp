#include "server/api/rest.h"

#include "server/api/body.h"
#include "server/api/call.h"
#include "server/api/closures.h"
#include "server/api/media.h"
#include "server/api/once.h"
#include "server/api/one_name.h"
#include "server/api/parameters.h"
#include "server/api/reply.h"
#include "server/purpose.h"

namespace tasuki::server::api {
namespace {

Return prefer_of(std::string_view header) {
  const std::string prefer = lowered(header);
  if (prefer.contains("return=minimal")) return Return::minimal;
  if (prefer.contains("return=representation")) return Return::representation;
  if (prefer.contains("return=operationoutcome")) return Return::outcome;
  return Return::unsaid;
}

// Only what a host name may hold: it is repeated in links.
bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return host.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_") ==
         std::string_view::npos;
}

// Only the bytes of a Binary can be anything but FHIR's formats.
std::expected<void, Problem> check_foreign(const Wanted& wanted, std::string_view method,
                                           const Target& target) {
  const bool reads = method == "GET" && target.type_name == "Binary" &&
                     (target.shape == Shape::instance || target.shape == Shape::version);
  if (wanted.foreign.empty() || reads) return {};
  return std::unexpected(Problem(Refusal::not_acceptable,
                                 "Only application/fhir+json and application/fhir+xml are served.",
                                 "Accept"));
}

// http.html#custom: the client's name for the request, given back; only what a header may hold.
std::string request_id_of(const net::HttpRequest& request) {
  constexpr size_t id_bytes_max = 128;
  std::string id(request.header("X-Request-Id").substr(0, id_bytes_max));
  std::erase_if(id, [](char c) { return c <= ' ' || c > '~'; });
  return id;
}

}  // namespace

Rest::Rest(const ServerSettings& settings, record::Door& door)
    : settings_(settings), door_(door), closures_(std::make_unique<Closures>(door)) {}

Rest::~Rest() = default;

bool Rest::is_quick(const net::HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  std::string_view path = request.path();
  if (!path.starts_with("/fhir/")) return false;
  path.remove_prefix(6);
  if (path.starts_with("Binary/")) return false;  // may be large, and is decoded
  const size_t slash = path.find('/');
  return slash != std::string_view::npos && path.find('/', slash + 1) == std::string_view::npos &&
         slash + 1 < path.size() && path[slash + 1] != '_' && path[slash + 1] != '$' &&
         path[slash + 1] != '%';
}

std::string Rest::base_of(const net::HttpRequest& request) const {
  if (!settings_.base.empty()) return settings_.base;
  const std::string_view host = request.header("Host");
  return fmt::format("{}://{}{}", settings_.secure_cookie ? "https" : "http",
                     is_host(host) ? host : "localhost", rest_prefix);
}

net::HttpResponse Rest::handle(const net::HttpRequest& request,
                               const std::optional<record::Principal>& principal,
                               jobs::Job* job) const {
  const auto wanted = wanted_of(request);
  net::HttpResponse response =
      wanted ? answer(request, principal, *wanted, job) : refused(wanted.error(), Wanted{});
  if (std::string id = request_id_of(request); !id.empty())
    response.headers.emplace_back("X-Request-Id", std::move(id));
  return response;
}

net::HttpResponse Rest::refused(const Problem& problem, const Wanted& wanted) const {
  return respond(door_.definitions(), problem, wanted);
}

net::HttpResponse Rest::answer(const net::HttpRequest& request,
                               const std::optional<record::Principal>& principal,
                               const Wanted& wanted, jobs::Job* job) const {
  const bool is_open = request.path() == "/fhir/metadata" || request.path() == "/fhir/openapi.json";
  if (!principal && !is_open)
    return refused(
        Error{Error::Kind::unauthenticated,
              "Sign in first: a session cookie, or Authorization: Bearer with a session token.",
              "Authorization"},
        wanted);
  const record::Principal caller = principal.value_or(record::Principal{});
  record::Session session = door_.session(caller, purpose_of(caller));
  const auto carry_out = [&] {
    const std::string base = base_of(request);
    Reply reply = perform_on(request, session, base, wanted, job);
    if (reply && reply->media.empty() && settings_.one_system_name)
      reply->body = under_one_name(*door_.terminology(), std::move(reply->body));
    return reply ? respond(door_.definitions(), base, *std::move(reply), wanted)
                 : refused(reply.error(), wanted);
  };
  return answer_once(request, session, carry_out,
                     [&](const Problem& problem) { return refused(problem, wanted); });
}

Reply Rest::perform_on(const net::HttpRequest& request, record::Session& session,
                       std::string_view base, const Wanted& wanted, jobs::Job* job) const {
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  Target target = TRY(parse_target(door_.definitions(), request.path().substr(rest_prefix.size())));
  if (auto checked = check_foreign(wanted, method, target); !checked)
    return std::move(checked).error();
  Call call{.session = session,
            .definitions = door_.definitions(),
            .settings = settings_,
            .base = base,
            .target = std::move(target),
            .query = without(request.query(), {"_format", "_pretty"}),
            .body = nullptr,
            .resource = nullptr,
            .if_match = std::string(request.header("If-Match")),
            .if_none_match = std::string(request.header("If-None-Match")),
            .if_none_exist = std::string(request.header("If-None-Exist")),
            .prefer = prefer_of(request.header("Prefer")),
            .lenient = lowered(request.header("Prefer")).contains("handling=lenient"),
            .languages = request.header("Accept-Language"),
            .terminology = door_.terminology(),
            .closures = closures_.get(),
            .job = job,
            .if_modified_since = parse_http_date(request.header("If-Modified-Since")),
            .wanted = &wanted};
  Body body;
  if (auto taken = take_body(request, call, body); !taken) return std::move(taken).error();
  return perform(method, call);
}

}  // namespace tasuki::server::api
