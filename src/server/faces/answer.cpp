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

net::HttpResponse problem(const Error& error) {
  return problem(api::status_of(error.kind), api::sentence_ja(error.kind), error.message);
}

}  // namespace tasuki::server::faces
