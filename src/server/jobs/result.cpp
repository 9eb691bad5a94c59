#include "server/jobs/result.h"

#include <charconv>

#include "json/print.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::jobs {
namespace {

std::string_view header_of(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [known, value] : response.headers)
    if (known == name) return value;
  return {};
}

bool is_fhir_json(const net::HttpResponse& response) {
  return header_of(response, "Content-Type").contains("json") && response.body.starts_with('{');
}

}  // namespace

net::HttpResponse answer(unsigned status) {
  net::HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

net::HttpResponse refused(const api::Problem& problem) {
  net::HttpResponse response = answer(api::status_of(problem));
  response.headers.emplace_back("Content-Type", "application/fhir+json; charset=utf-8");
  if (response.status == 429 || response.status == 503)
    response.headers.emplace_back("Retry-After", "1");
  response.body = api::outcome_text(problem);
  return response;
}

net::HttpResponse not_allowed(std::string_view allowed) {
  net::HttpResponse response = refused(
      {api::Refusal::method_not_allowed, fmt::format("A job takes {}.", allowed), "method"});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

std::string text_of(const net::HttpResponse& response) {
  std::string text = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers)
    text += name + ": " + value + "\n";
  return text + "\n" + response.body;
}

net::HttpResponse response_of(std::string_view text) {
  net::HttpResponse response;
  std::from_chars(text.data(), text.data() + std::min<size_t>(text.size(), 3), response.status);
  size_t at = text.find('\n') + 1;
  while (at < text.size() && text[at] != '\n') {
    const size_t end = text.find('\n', at), colon = text.find(": ", at);
    response.headers.emplace_back(text.substr(at, colon - at),
                                  text.substr(colon + 2, end - colon - 2));
    at = end + 1;
  }
  response.body = text.substr(std::min(at + 1, text.size()));
  return response;
}

net::HttpResponse batch_response(const net::HttpResponse& response, std::string_view) {
  std::string text =
      R"({"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":)";
  json::print_string(std::to_string(response.status), text);
  const auto add = [&](std::string_view member, std::string_view header) {
    const auto value = header_of(response, header);
    if (value.empty()) return;
    text += fmt::format(",\"{}\":", member);
    json::print_string(value, text);
  };
  add("location", "Location");
  add("etag", "ETag");
  const bool failed = response.status >= 400;
  if (failed && is_fhir_json(response)) text += ",\"outcome\":" + response.body;
  text += '}';
  if (!failed && is_fhir_json(response)) text += ",\"resource\":" + response.body;
  net::HttpResponse all = answer(200);
  all.headers.emplace_back("Content-Type", "application/fhir+json; charset=utf-8");
  all.body = text + "}]}";
  return all;
}

net::HttpResponse manifest(net::HttpResponse response) {
  if (response.status >= 400 || response.body.starts_with(R"({"resourceType")")) return response;
  for (auto& [name, value] : response.headers)
    if (name == "Content-Type") value = "application/json";
  return response;
}

bool checks_first(const net::HttpRequest& request) {
  return api::runs_as_job(request.path());
}

std::vector<net::Header> kept_headers(const net::HttpRequest& request) {
  std::vector<net::Header> kept;
  for (const std::string_view name :
       {"Host", "Accept", "Content-Type", "Prefer", "If-Match", "If-None-Match", "If-None-Exist"}) {
    const auto value = request.header(name);
    if (!value.empty()) kept.emplace_back(name, value);
  }
  return kept;
}

}  // namespace tasuki::server::jobs
