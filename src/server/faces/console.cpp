#include "server/faces/console.h"

#include "intake/standing/standings.h"
#include "json/parse.h"
#include "server/faces/answer.h"
#include "server/faces/console_feeds.h"
#include "server/faces/console_replay.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {
namespace {

using intake::health::Card;

// Who keeps it running. Nobody here sees a patient: names of feeds, counts and reasons only.
bool may_operate(const record::Principal& principal) {
  return principal.role == record::Role::clerk || principal.role == record::Role::system;
}

std::string_view word_of(Card::Level level) {
  switch (level) {
    case Card::Level::well:
      return "well";
    case Card::Level::learning:
      return "learning";
    case Card::Level::warning:
      return "warning";
    case Card::Level::fault:
      return "fault";
  }
  return "";
}

constexpr std::string_view known_calls =
    "/ops/api serves GET feeds, POST feeds/:id/false-alarm, GET inbox, POST inbox/replay, GET and "
    "POST replays, GET replays/:id and replays/:id/changes, POST replays/:id/publish, undo and "
    "forget, GET feeds/:id, feeds/:id/gate and feeds/:id/report, POST feeds/:id/live, shadow, "
    "pause, resume, judge and "
    "gate, "
    "GET destinations, destinations/:id/tray and done, POST destinations/:id/messages and "
    "tray/again, GET messages and messages/:number, POST messages/reindex, GET alerts, POST "
    "alerts/:id/take-on, GET space, POST backup, feeds/:id/hold and feeds/:id/release.";

// "replays" gives "", "replays/17" gives "17", "replaysome" nothing.
std::optional<std::string_view> behind(std::string_view collection, std::string_view what) {
  if (!what.starts_with(collection)) return std::nullopt;
  what.remove_prefix(collection.size());
  if (what.empty()) return what;
  if (what.front() != '/') return std::nullopt;
  return what.substr(1);
}

void write_feed(const intake::health::FeedHealth& feed, std::string_view state, Text& text) {
  text.object()
      .member("id", feed.status.id)
      .member("name", feed.status.name)
      .member("state", state)
      .member("level", word_of(feed.card.level))
      .name("lines")
      .array();
  for (const std::string& line : feed.card.lines)
    if (!line.empty()) text.value(line);
  text.end()
      .member("received", feed.status.received)
      .member("held", feed.status.held)
      .member("refused", feed.status.refused)
      .member("repeated", feed.status.repeated)
      .name("connections");
  if (feed.status.connections) {
    text.value(static_cast<int64_t>(*feed.status.connections));
  } else {
    text.null();
  }
  text.end();
}

}  // namespace

net::HttpResponse Console::handle(const net::HttpRequest& request,
                                  const std::optional<record::Principal>& principal) const {
  if (!principal) return problem(401, "サインインしてください。", "Sign in first.");
  if (!may_operate(*principal))
    return problem(403, "この画面は運用担当の方のものです。",
                   "This is for those who operate the system.");
  const std::string_view what = request.path().substr(console_prefix.size());
  if (request.method == "POST" && request.header("X-Tasuki") != "1")
    return problem(403, "この操作は画面から行ってください。",
                   "A change needs the header X-Tasuki: 1.");
  if (auto answered = answer(request, *principal, what)) return *std::move(answered);
  return problem(404, "この問い合わせはありません。", known_calls);
}

std::optional<net::HttpResponse> Console::answer(const net::HttpRequest& request,
                                                 const record::Principal& by,
                                                 std::string_view what) const {
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const bool is_post = request.method == "POST";
  if (!is_get && !is_post) return std::nullopt;
  if (what == "feeds" && is_get) return feeds();
  if (what == "inbox" && is_get) return waiting();
  if (what == "inbox/replay" && is_post) return replay(request);
  constexpr std::string_view feed = "feeds/", verdict = "/false-alarm";
  if (what.starts_with(feed) && what.ends_with(verdict) && is_post &&
      what.size() > feed.size() + verdict.size())
    return false_alarm(what.substr(feed.size(), what.size() - feed.size() - verdict.size()));
  if (const auto rest = behind("replays", what); rest && operation_.replays)
    return answer_replays(*operation_.replays, request, by, *rest);
  if (const auto rest = behind("feeds", what)) return answer_feeds(operation_, request, by, *rest);
  if (const auto rest = behind("destinations", what); rest && operation_.outbound)
    return answer_destinations(*operation_.outbound, request, by, *rest);
  if (const auto rest = behind("messages", what); rest && operation_.messages)
    return answer_messages(*operation_.messages, request, by, *rest);
  if (operation_.retention && (what == "space" || what == "backup"))
    return answer_space(*operation_.retention, request, by, what);
  if (const auto rest = behind("alerts", what); rest && operation_.alerts)
    return answer_alerts(*operation_.alerts, request, by, *rest);
  return std::nullopt;
}

net::HttpResponse Console::feeds() const {
  Text text;
  text.object().name("feeds").array();
  if (monitor_)
    for (const auto& feed : monitor_->health(now()))
      write_feed(
          feed,
          intake::word_of(operation_.standings ? operation_.standings->mode_of(feed.status.id)
                                               : intake::FeedMode::live),
          text);
  text.end().end();
  return json_answer(text.take());
}

net::HttpResponse Console::false_alarm(std::string_view feed) const {
  if (!monitor_) return problem(404, "受信連携がありません。", "There are no feeds.");
  if (auto done = monitor_->was_false(feed); !done) return problem(done.error());
  return feeds();
}

net::HttpResponse Console::waiting() const {
  Text text;
  text.object().name("waiting").array();
  if (inbox_) {
    auto waiting = inbox_->waiting();
    if (!waiting) return problem(waiting.error());
    for (const intake::Waiting& each : *waiting)
      text.object()
          .member("feed", each.feed)
          .member("reason", each.reason)
          .member("count", each.count)
          .member("firstNumber", each.first_number)
          .end();
  }
  text.end().end();
  return json_answer(text.take());
}

net::HttpResponse Console::replay(const net::HttpRequest& request) const {
  if (!inbox_) return problem(404, "受信連携がありません。", "There are no feeds.");
  intake::ReplayRequest asked;
  if (!request.body.empty()) {
    auto document = json::parse(request.body);
    if (!document) return problem(document.error());
    for (const json::Member& member : document->root.members()) {
      if (member.name == "feed" && member.value.is_string()) {
        asked.feed = member.value.text();
      } else if (member.name == "reason" && member.value.is_string()) {
        asked.reason = member.value.text();
      } else {
        return problem(400, "指定できるのは feed と reason(文字列)です。",
                       "The body takes feed and reason, both strings.");
      }
    }
  }
  auto outcome = inbox_->replay(asked);
  if (!outcome) return problem(outcome.error());
  Text text;
  text.object()
      .member("tried", outcome->tried)
      .member("done", outcome->done)
      .member("stillHeld", outcome->still_held)
      .member("failed", outcome->failed)
      .end();
  return json_answer(text.take());
}

}  // namespace tasuki::server::faces
