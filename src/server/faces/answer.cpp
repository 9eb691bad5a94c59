#include "server/faces/answer.h"

#include "json/print.h"
#include "server/api/outcome.h"

namespace tasuki::server::faces {

net::HttpResponse json_answer(std::string body) {
  net::HttpResponse response;
  response.headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

net::HttpResponse problem(unsigned status, std::string_view ja, std::string_view en) {
  std::string body = "{\"message\":";
  json::print_string(ja, body);
  body += ",\"message_en\":";
  json::print_string(en, body);
  body += '}';
  net::HttpResponse response = json_answer(std::move(body));
  response.status = status;
  return response;
}

// What a person may read is written "日本語。/ English"; what is English alone gets a sentence for
// its kind.
net::HttpResponse problem(const Error& error) {
  constexpr std::string_view between = "。/ ";
  const std::string_view message = error.message;
  const unsigned status = api::status_of(error.kind);
  const size_t at = message.find(between);
  if (at == message.npos) return problem(status, api::sentence_ja(error.kind), message);
  const size_t english = at + between.size();
  return problem(status, message.substr(0, english - 2), message.substr(english));
}

}  // namespace tasuki::server::faces
