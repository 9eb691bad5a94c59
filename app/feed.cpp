// `tasuki feed`: the operator's calls of a running server, from the command line. docs/ops-api.md
//
// Who asks: the token of a clerk's sign-in, in the environment (TASUKI_TOKEN), never on the command
// line, where others see it.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "feed_calls.h"
#include "feed_propose.h"
#include "json/parse.h"
#include "net/http_client.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

// The server's sentence, in both languages, rather than its JSON.
Error refused(unsigned status, std::string body) {
  const auto said = json::parse(body);
  const auto message = said ? said->root.text_of("message") : std::string_view();
  if (!message.empty()) body = fmt::format("{}/ {}", message, said->root.text_of("message_en"));
  return {Error::Kind::invalid, std::move(body), fmt::format("HTTP {}", status)};
}

Result<void> run_feed(const Arguments& arguments) {
  const std::string_view first =
      arguments.rest.empty() ? std::string_view() : arguments.rest.front();
  if (first == "propose") return propose_feed(arguments);
  if (first == "confirm") return confirm_feed(arguments);
  std::vector<std::string_view> words = arguments.rest;
  std::string url;
  if (const auto at = std::ranges::find(words, "--url");
      at != words.end() && at + 1 != words.end()) {
    url = *(at + 1);
    words.erase(at, at + 2);
  }
  if (url.empty()) {
    const Settings settings = TRY(settings_of(arguments));
    url = fmt::format("{}://{}:{}", settings.server.certificate_file.empty() ? "http" : "https",
                      settings.server.address, settings.server.port);
  }
  const FeedCall call = TRY(feed_call_of(words));
  const char* const token = std::getenv("TASUKI_TOKEN");  // NOLINT(concurrency-mt-unsafe)
  if (token == nullptr)
    return Error{
        Error::Kind::unauthenticated,
        "環境変数 TASUKI_TOKEN に、事務・運用担当の方のサインインのトークンを入れてください。/ "
        "Put the token of a clerk's sign-in into the environment variable TASUKI_TOKEN.",
        {}};
  const auto answer =
      TRY(net::send_http(call.method, fmt::format("{}/ops/api/{}", url, call.target),
                         {{"Authorization", fmt::format("Bearer {}", token)},
                          {"X-Tasuki", "1"},
                          {"Content-Type", "application/json"}},
                         call.body));
  if (answer.status >= 300) return refused(answer.status, answer.body);
  fmt::print("{}\n", answer.body);
  return {};
}

}  // namespace

int feed(const Arguments& arguments) {
  const auto done = run_feed(arguments);
  return done ? 0 : complain(done.error());
}

}  // namespace tasuki::app
