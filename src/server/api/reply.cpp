#include "server/api/reply.h"

#include <charconv>

#include "base/time.h"
#include "fhir/xml/xml.h"
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

// Our own JSON in the format that is wanted, with its Content-Type.
Result<void> dress(const fhir::Definitions& definitions, std::string body, const Wanted& wanted,
                   net::HttpResponse& response) {
  const bool as_it_is = wanted.format == Format::json && !wanted.pretty;
  if (as_it_is || body.empty()) {
    response.body = std::move(body);
  } else {
    const json::Document document = TRY(json::parse(body));
    const auto layout = wanted.pretty ? fhir::Layout::indented : fhir::Layout::compact;
    response.body = wanted.format == Format::json
                        ? json::print_indented(document.root)
                        : TRY(fhir::to_xml(definitions, document.root, layout));
  }
  if (!response.body.empty())
    response.headers.emplace_back("Content-Type",
                                  wanted.format == Format::json ? media_json : media_xml);
  return {};
}

// Patient data: not kept by any cache. security.md, web hardening.
void guard(net::HttpResponse& response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
}

}  // namespace

std::string_view status_line(Answer::Done done) {
  return status_of_done(done).line;
}

int64_t seconds_of(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

std::optional<Instant> parse_http_date(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (const auto instant = parse_instant(text)) return instant;
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr size_t length = 29;
  if (text.size() != length || !text.ends_with(" GMT")) return std::nullopt;
  const size_t month = months.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  // Said again as an instant, whose parser knows real calendar days.
  return parse_instant(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1,
                                   text.substr(5, 2), text.substr(17, 8)));
}

net::HttpResponse respond(const fhir::Definitions& definitions, std::string_view base,
                          Answer answer, const Wanted& wanted) {
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
  if (!answer.media.empty()) {
    response.body = std::move(answer.body);
    response.headers.emplace_back("Content-Type", answer.media);
  } else if (auto dressed = dress(definitions, std::move(answer.body), wanted, response);
             !dressed) {
    return respond(definitions, Problem(std::move(dressed).error()), Wanted{});
  }
  guard(response);
  return response;
}

net::HttpResponse respond(const fhir::Definitions& definitions, const Problem& problem,
                          const Wanted& wanted) {
  net::HttpResponse response;
  response.status = status_of(problem);
  if (!dress(definitions, outcome_text(problem), wanted, response)) {
    response.body = outcome_text(problem);  // repeats a character XML cannot hold
    response.headers.emplace_back("Content-Type", media_json);
  }
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
  guard(response);
  return response;
}

}  // namespace tasuki::server::api
