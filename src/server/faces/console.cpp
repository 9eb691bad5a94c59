#include "server/faces/console.h"

#include "json/parse.h"
#include "server/faces/answer.h"
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

void write_feed(const intake::health::FeedHealth& feed, Text& text) {
  text.object()
      .member("id", feed.status.id)
      .member("name", feed.status.name)
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
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const bool is_post = request.method == "POST";
  if (is_post && request.header("X-Tasuki") != "1")
    return problem(403, "この操作は画面から行ってください。",
                   "A change needs the header X-Tasuki: 1.");
  if (what == "feeds" && is_get) return feeds();
  if (what == "inbox" && is_get) return waiting();
  if (what == "inbox/replay" && is_post) return replay(request);
  constexpr std::string_view feed = "feeds/", verdict = "/false-alarm";
  if (what.starts_with(feed) && what.ends_with(verdict) && is_post &&
      what.size() > feed.size() + verdict.size())
    return false_alarm(what.substr(feed.size(), what.size() - feed.size() - verdict.size()));
  return problem(
      404, "この問い合わせはありません。",
      "/ops/api serves GET feeds, POST feeds/:id/false-alarm, GET inbox, POST inbox/replay.");
}

net::HttpResponse Console::feeds() const {
  Text text;
  text.object().name("feeds").array();
  if (monitor_)
    for (const auto& feed : monitor_->health(now()))
      write_feed(feed, text);
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
