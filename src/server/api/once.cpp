#include "server/api/once.h"

#include <charconv>

#include "record/once.h"

namespace tasuki::server::api {
namespace {

// An answer as it is kept: "201\nETag: W/\"1\"\n...\n\n<body>". Header values hold no line feeds.
std::string printed(const net::HttpResponse& response) {
  std::string text = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers)
    text.append(name).append(": ").append(value).append("\n");
  return text + "\n" + response.body;
}

net::HttpResponse parsed(std::string_view text) {
  net::HttpResponse response;
  const auto line = [&] {
    const size_t end = text.find('\n');
    const std::string_view read = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return read;
  };
  const std::string_view status = line();
  std::from_chars(status.data(), status.data() + status.size(), response.status);
  for (std::string_view header = line(); !header.empty(); header = line()) {
    const size_t colon = header.find(": ");
    response.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  response.headers.emplace_back("Idempotency-Replayed", "true");
  response.body = text;
  return response;
}

// All that decides what the request means.
std::string fingerprint_of(const net::HttpRequest& request) {
  std::string text = request.method + "\n" + request.target + "\n";
  for (const std::string_view name : {"Content-Type", "If-None-Exist", "Prefer", "Accept"})
    text.append(request.header(name)).append("\n");
  return text + request.body;
}

}  // namespace

net::HttpResponse answer_once(const net::HttpRequest& request, record::Session& session,
                              const std::function<net::HttpResponse()>& carry_out,
                              const std::function<net::HttpResponse(const Problem&)>& refuse) {
  const std::string_view key = request.header("Idempotency-Key");
  if (key.empty() || (request.method != "POST" && request.method != "PATCH")) return carry_out();
  if (key.size() > record::once_key_bytes_max)
    return refuse(Problem(Error{Error::Kind::invalid, "An Idempotency-Key has at most 255 bytes.",
                                "Idempotency-Key"}));
  const std::string fingerprint = fingerprint_of(request);
  const auto kept = session.once_answer(key, fingerprint);
  if (!kept) {
    Problem problem(kept.error());
    if (problem.error.kind == Error::Kind::invalid) problem.refusal = Refusal::unprocessable;
    return refuse(problem);
  }
  if (*kept) return parsed(**kept);
  session.once(key, fingerprint);
  net::HttpResponse response = carry_out();
  // What failed may be sent again; what succeeded stands whether or not its answer could be kept.
  if (response.status < 300) static_cast<void>(session.keep_once_answer(key, printed(response)));
  return response;
}

}  // namespace tasuki::server::api
