// `tasuki feed`: the operator's calls of a running server, from the command line. docs/ops-api.md
//
// Who asks: the token of a clerk's sign-in, in the environment (TASUKI_TOKEN), never on the command
// line, where others see it.
#include <cstdlib>

#include <algorithm>

#include <fmt/format.h>

#include "feed_propose.h"
#include "json/print.h"
#include "net/http_client.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view usage =
    "tasuki feed list | show ID | gate ID | report ID | live ID | shadow ID | pause ID --because "
    "TEXT | resume "
    "ID\n"
    "            replay ID [--mappings NAME] [--kind K] [--person P] [--state S] [--since T] ...\n"
    "            replays | replay-show RID | replay-changes RID | publish RID | undo RID\n"
    "            search [--person P] [--order N] [--code C] [--cause R] [--control N] [--feed ID]\n"
    "            message NUMBER | destinations | tray ID | again ID [NUMBER] | alerts | take-on "
    "ID\n";

Error misused(std::string_view word) {
  return {Error::Kind::invalid, std::string(usage), std::string(word)};
}

// --name value --name value
Result<std::vector<std::pair<std::string_view, std::string_view>>> options_of(const Words& words,
                                                                              size_t from) {
  std::vector<std::pair<std::string_view, std::string_view>> options;
  for (size_t i = from; i < words.size(); i += 2) {
    if (!words[i].starts_with("--") || i + 1 == words.size()) return misused(words[i]);
    options.emplace_back(words[i].substr(2), words[i + 1]);
  }
  return options;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    out += is_plain ? std::string(1, c)
                    : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

struct Call {
  std::string_view method = "GET";
  std::string target, body = {};
};

// Words that are one call on one thing.
struct Verb {
  std::string_view word, method, before, after;
};
constexpr Verb verbs_of_one[] = {
    {"show", "GET", "feeds/", ""},
    {"gate", "GET", "feeds/", "/gate"},
    {"report", "GET", "feeds/", "/report"},
    {"live", "POST", "feeds/", "/live"},
    {"shadow", "POST", "feeds/", "/shadow"},
    {"pause", "POST", "feeds/", "/pause"},
    {"resume", "POST", "feeds/", "/resume"},
    {"replay-show", "GET", "replays/", ""},
    {"replay-changes", "GET", "replays/", "/changes"},
    {"publish", "POST", "replays/", "/publish"},
    {"undo", "POST", "replays/", "/undo"},
    {"message", "GET", "messages/", ""},
    {"tray", "GET", "destinations/", "/tray"},
    {"again", "POST", "destinations/", "/tray/again"},
    {"take-on", "POST", "alerts/", "/take-on"},
};
constexpr std::pair<std::string_view, std::string_view> verbs_of_all[] = {
    {"list", "feeds"},
    {"replays", "replays"},
    {"destinations", "destinations"},
    {"alerts", "alerts"}};

Result<std::string> body_of(const Words& words, size_t from) {
  std::string body;
  for (const auto& [name, value] : TRY(options_of(words, from))) {
    body += body.empty() ? "{" : ",";
    json::print_string(name, body);
    body += ':';
    json::print_string(value, body);
  }
  return body.empty() ? body : body + "}";
}

Result<Call> call_of(const Words& words) {
  if (words.empty()) return misused("feed");
  for (const auto& [word, target] : verbs_of_all)
    if (words[0] == word) return Call{.target = std::string(target)};
  if (words[0] == "search") {
    Call call{.target = "messages"};
    for (const auto& [name, value] : TRY(options_of(words, 1)))
      call.target += fmt::format("{}{}={}", call.target.contains('?') ? "&" : "?", encoded(name),
                                 encoded(value));
    return call;
  }
  if (words.size() < 2) return misused(words[0]);
  if (words[0] == "replay") {
    Words rest(words.begin() + 2, words.end());
    rest.insert(rest.begin(), {"--feed", words[1]});
    return Call{.method = "POST", .target = "replays", .body = TRY(body_of(rest, 0))};
  }
  if (words[0] == "again" && words.size() == 3)
    return Call{.method = "POST",
                .target = fmt::format("destinations/{}/tray/{}/again", words[1], words[2])};
  const auto* const verb = std::ranges::find(verbs_of_one, words[0], &Verb::word);
  if (verb == std::end(verbs_of_one)) return misused(words[0]);
  return Call{.method = verb->method,
              .target = fmt::format("{}{}{}", verb->before, words[1], verb->after),
              .body = TRY(body_of(words, 2))};
}

Result<void> run_feed(const Arguments& arguments) {
  if (!arguments.rest.empty() && arguments.rest[0] == "propose") return propose_feed(arguments);
  Words words = arguments.rest;
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
  const Call call = TRY(call_of(words));
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
  if (answer.status >= 300)
    return Error{Error::Kind::invalid, answer.body, fmt::format("HTTP {}", answer.status)};
  fmt::print("{}\n", answer.body);
  return {};
}

}  // namespace

int feed(const Arguments& arguments) {
  const auto done = run_feed(arguments);
  return done ? 0 : complain(done.error());
}

}  // namespace tasuki::app
