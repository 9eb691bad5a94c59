#include "server/faces/console_feeds.h"

#include <charconv>

#include "intake/health/alerts.h"
#include "intake/inbox/inbox.h"
#include "intake/replay/replays.h"
#include "intake/retention/retention.h"
#include "intake/standing/standings.h"
#include "intake/trial/reload.h"
#include "json/parse.h"
#include "server/faces/answer.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {
namespace {

net::HttpResponse told(const Result<std::string>& text) {
  return text ? json_answer(*text) : problem(text.error());
}

// For people: a page without scripts, which nobody frames.
net::HttpResponse page(const Result<std::string>& html) {
  if (!html) return problem(html.error());
  net::HttpResponse response;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
                      {"Cache-Control", "no-store"}};
  response.body = *html;
  return response;
}

// {"because": "..."} or nothing.
Result<std::string> because_of(const net::HttpRequest& request) {
  if (request.body.empty()) return std::string();
  const auto document = TRY(json::parse(request.body));
  for (const json::Member& member : document.root.members())
    if (member.name != "because" || !member.value.is_string())
      return Error{Error::Kind::invalid,
                   "指定できるのは because(文字列)です。/ The body takes because, a text.",
                   std::string(member.name)};
  return std::string(document.root.text_of("because"));
}

net::HttpResponse set_limits(intake::Standings& standings, const net::HttpRequest& request,
                             const record::Principal& by, std::string_view feed) {
  const auto document = json::parse(request.body.empty() ? "{}" : request.body);
  if (!document) return problem(document.error());
  const auto limits = intake::limits_of(document->root);
  if (!limits) return problem(limits.error());
  if (auto done = standings.set_limits(feed, *limits, by); !done) return problem(done.error());
  return told(standings.gate(feed, by));
}

// One press: from now on it publishes; what waited in the shadow is compared, to be published by
// the next press.
net::HttpResponse go_live(const Operation& operation, const record::Principal& by,
                          std::string_view feed, std::string_view because) {
  intake::Standings& standings = *operation.standings;
  const bool was_shadow = standings.mode_of(feed) == intake::FeedMode::shadow;
  if (auto done = standings.turn(feed, intake::FeedMode::live, because, by); !done)
    return problem(done.error());
  std::string backlog;
  if (was_shadow && operation.replays) {
    intake::ReplayChoice choice;
    choice.feed = feed;
    choice.state = record::MessageState::shadow;
    const auto id = operation.replays->start(choice, by);
    if (!id) return problem(id.error());
    backlog = *id;
  }
  const auto standing = standings.show(feed, by);
  if (!standing) return problem(standing.error());
  return json_answer(Text()
                         .object()
                         .name("standing")
                         .raw(*standing)
                         .member_or_null("backlogReplay", backlog)
                         .end()
                         .take());
}

net::HttpResponse turn(const Operation& operation, const net::HttpRequest& request,
                       const record::Principal& by, std::string_view feed, std::string_view to) {
  const auto because = because_of(request);
  if (!because) return problem(because.error());
  if (to == "live") return go_live(operation, by, feed, *because);
  intake::Standings& standings = *operation.standings;
  const auto done = to == "resume" ? standings.resume(feed, by)
                                   : standings.turn(feed,
                                                    to == "pause" ? intake::FeedMode::paused
                                                                  : intake::FeedMode::shadow,
                                                    *because, by);
  return done ? told(standings.show(feed, by)) : problem(done.error());
}

// What waits in the shadow, by the mappings of today: the gate and the report then speak of them.
net::HttpResponse judge(const Operation& operation, const record::Principal& by,
                        std::string_view feed) {
  if (auto own = operation.standings->show(feed, by); !own) return problem(own.error());
  if (operation.standings->mode_of(feed) != intake::FeedMode::shadow)
    return problem(409, "影の運用中の feed だけです。",
                   "Only what waits in the shadow is judged again; use a replay otherwise.");
  const auto outcome = operation.inbox->judge(feed);
  if (!outcome) return problem(outcome.error());
  return json_answer(Text()
                         .object()
                         .member("tried", outcome->tried)
                         .member("done", outcome->done)
                         .member("stillHeld", outcome->still_held)
                         .member("failed", outcome->failed)
                         .end()
                         .take());
}

}  // namespace

std::optional<net::HttpResponse> answer_feeds(const Operation& operation,
                                              const net::HttpRequest& request,
                                              const record::Principal& by, std::string_view rest) {
  if (operation.standings == nullptr) return std::nullopt;
  const size_t slash = rest.rfind('/');
  const auto feed = rest.substr(0, slash);
  const auto what = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  const bool is_post = request.method == "POST";
  if (feed.empty()) return std::nullopt;
  if (!is_post && what.empty()) return told(operation.standings->show(feed, by));
  if (!is_post && what == "gate") return told(operation.standings->gate(feed, by));
  if (!is_post && what == "report" && operation.reloader)
    return page(operation.standings->report(feed, *operation.reloader->mappings(), by));
  if (is_post && what == "judge" && operation.inbox) return judge(operation, by, feed);
  if (is_post && what == "gate") return set_limits(*operation.standings, request, by, feed);
  if (is_post && operation.retention && (what == "hold" || what == "release")) {
    if (auto done = operation.retention->hold(feed, what == "hold", by); !done)
      return problem(done.error());
    return told(operation.retention->space());
  }
  if (is_post && (what == "live" || what == "shadow" || what == "pause" || what == "resume"))
    return turn(operation, request, by, feed, what);
  return std::nullopt;
}

std::optional<net::HttpResponse> answer_space(intake::Retention& retention,
                                              const net::HttpRequest& request,
                                              const record::Principal& by, std::string_view what) {
  const bool is_post = request.method == "POST";
  if (!is_post && what == "space") return told(retention.space());
  if (!is_post || what != "backup") return std::nullopt;
  const auto document = json::parse(request.body.empty() ? "{}" : request.body);
  if (!document) return problem(document.error());
  const json::Value* const number = document->root.find("upTo");
  uint64_t up_to = 0;
  if (number != nullptr)
    std::from_chars(number->text().data(), number->text().data() + number->text().size(), up_to);
  if (up_to == 0)
    return problem(400, "upTo(電文の番号)が要ります。", "upTo is needed: the number of a message.");
  if (auto done = retention.backed_up(up_to, by); !done) return problem(done.error());
  return told(retention.space());
}

std::optional<net::HttpResponse> answer_alerts(intake::health::Alerts& alerts,
                                               const net::HttpRequest& request,
                                               const record::Principal& by, std::string_view rest) {
  const bool is_post = request.method == "POST";
  if (!is_post && rest.empty()) return told(alerts.list(by));
  constexpr std::string_view verb = "/take-on";
  if (!is_post || !rest.ends_with(verb)) return std::nullopt;
  rest.remove_suffix(verb.size());
  if (auto done = alerts.take_on(rest, by); !done) return problem(done.error());
  return told(alerts.list(by));
}

}  // namespace tasuki::server::faces
