#include "server/api/reply.h"

#include "json/parse.h"
#include "json/print.h"
#include "net/http_write.h"
#include "server/api/bundle.h"

namespace tasuki::server::api {
namespace {

struct Status {
  unsigned number;
  std::string_view line;
};
constexpr Status statuses[] = {
    {200, "200 OK"}, {201, "201 Created"}, {204, "204 No Content"}, {304, "304 Not Modified"}};

const Status& status_of_done(Answer::Done done) {
  return statuses[static_cast<size_t>(done)];
}

std::string indented(std::string body) {
  const auto document = json::parse(body);
  return document ? json::print_indented(document->root) : std::move(body);
}

int64_t seconds_of(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

// Patient data: not kept by any cache. security.md, web hardening.
void guard(net::HttpResponse& response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
}

constexpr std::string_view media_type = "application/fhir+json; charset=utf-8";

}  // namespace

std::string_view status_line(Answer::Done done) {
  return status_of_done(done).line;
}

net::HttpResponse respond(const fhir::Definitions& definitions, std::string_view base,
                          Answer answer, bool pretty) {
  net::HttpResponse response;
  response.status = status_of_done(answer.done).number;
  if (answer.stamped) {
    response.headers.emplace_back("ETag", etag(answer.stamped->version));
    response.headers.emplace_back("Last-Modified",
                                  net::http_date(seconds_of(answer.stamped->updated)));
    if (answer.located)
      response.headers.emplace_back(
          "Location",
          fmt::format("{}/{}/{}/_history/{}", base, definitions.name(answer.stamped->type),
                      answer.stamped->id, answer.stamped->version));
  }
  response.body =
      pretty && !answer.body.empty() ? indented(std::move(answer.body)) : std::move(answer.body);
  if (!response.body.empty()) response.headers.emplace_back("Content-Type", media_type);
  guard(response);
  return response;
}

net::HttpResponse respond(const Problem& problem) {
  net::HttpResponse response;
  response.status = status_of(problem);
  response.headers.emplace_back("Content-Type", media_type);
  if (!problem.allowed.empty()) {
    std::string allowed;
    for (const std::string_view method : problem.allowed)
      allowed += (allowed.empty() ? "" : ", ") + std::string(method);
    response.headers.emplace_back("Allow", allowed);
  }
  if (problem.error.kind == Error::Kind::unauthenticated)
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (problem.error.kind == Error::Kind::unavailable)
    response.headers.emplace_back("Retry-After", "1");
  response.body = outcome_text(problem);
  guard(response);
  return response;
}

}  // namespace tasuki::server::api
