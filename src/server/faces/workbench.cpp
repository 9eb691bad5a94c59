#include "server/faces/workbench.h"

#include <algorithm>

#include <fmt/format.h>

#include "intake/workbench/approve.h"
#include "intake/workbench/codes.h"
#include "json/parse.h"
#include "server/api/parameters.h"
#include "server/faces/answer.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {
namespace {

constexpr std::string_view mappings_path = "/ops/api/mappings";
constexpr std::string_view codes_path = "/ops/api/codes";
constexpr size_t codes_shown_max = 200;

bool may_mend(const record::Principal& principal) {
  return principal.role == record::Role::clerk || principal.role == record::Role::system;
}

void write_problems(const std::vector<intake::trial::Problem>& problems, Text& text) {
  text.name("problems").array();
  for (const auto& one : problems)
    text.object().member("place", one.place).member("message", one.message).end();
  text.end();
}

void write_number(std::string_view name, double number, Text& text) {
  text.name(name).raw(fmt::format("{:g}", number));
}

void write_code(const intake::workbench::Unmapped& code, Text& text) {
  text.object()
      .member("table", code.table)
      .member("code", code.code)
      .member("name", code.usage.name())
      .member("unit", code.usage.unit())
      .member("count", code.usage.count)
      .member("waiting", code.waiting)
      .name("feeds")
      .array();
  for (const std::string& feed : code.usage.facilities)
    text.value(feed);
  text.end();
  if (!code.usage.values.empty()) {
    const auto spread = intake::workbench::spread_of(code.usage.values);
    text.name("values").object();
    write_number("lowest", spread.lowest, text);
    write_number("middle", spread.middle, text);
    write_number("highest", spread.highest, text);
    text.end();
  }
  text.name("suggestions").array();
  for (const auto& one : code.suggestions) {
    text.object()
        .member("system", one.system)
        .member("code", one.code)
        .member("display", one.display);
    write_number("score", one.score, text);
    text.name("reasons").array();
    for (const std::string& reason : one.reasons)
      text.value(reason);
    text.end().end();
  }
  text.end().end();
}

// Where it was published without the code's meaning: compared and published as new versions, by the
// word of who approved; it can be undone like every replay. Other facilities' records too, as the
// table is theirs as well, and they see who said so.
Result<std::vector<std::string>> mend_published(const intake::Inbox& inbox,
                                                intake::Replays& replays,
                                                const intake::UnknownCode& code,
                                                const record::Principal& by) {
  std::vector<std::string> ids;
  record::Principal approver = by;
  approver.role = record::Role::system;
  for (const std::string& feed : TRY(inbox.feeds_that_published(code))) {
    intake::ReplayChoice choice;
    choice.feed = feed;
    choice.state = record::MessageState::done;
    choice.unknown = code;
    ids.push_back(TRY(replays.start(choice, approver, intake::Replays::Then::publish)));
  }
  return ids;
}

void write_outcome(const intake::ReplayOutcome& outcome, Text& text) {
  text.member("tried", outcome.tried)
      .member("done", outcome.done)
      .member("stillHeld", outcome.still_held)
      .member("failed", outcome.failed);
}

}  // namespace

bool Workbench::serves(std::string_view path) {
  return path == mappings_path || path.starts_with("/ops/api/mappings/") || path == codes_path ||
         path.starts_with("/ops/api/codes/");
}

net::HttpResponse Workbench::handle(const net::HttpRequest& request,
                                    const std::optional<record::Principal>& principal) const {
  if (!principal) return problem(401, "サインインしてください。", "Sign in first.");
  if (!may_mend(*principal))
    return problem(403, "この画面は運用担当の方のものです。",
                   "This is for those who operate the system.");
  if (reloader_ == nullptr) return problem(404, "受信連携がありません。", "There are no feeds.");
  const std::string_view path = request.path();
  if (request.method == "GET" || request.method == "HEAD") {
    if (path == mappings_path) return mappings();
    if (path == codes_path) return codes();
    if (path == "/ops/api/codes/history") return history(request);
  }
  const bool changes = path == "/ops/api/mappings/reload" || path == "/ops/api/codes/approve";
  if (request.method != "POST" || !changes)
    return problem(
        404, "この問い合わせはありません。",
        "It is GET mappings, POST mappings/reload, GET codes, GET codes/history?table=NAME or "
        "POST codes/approve.");
  if (request.header("X-Tasuki") != "1")
    return problem(403, "この操作は画面から行ってください。",
                   "A change needs the header X-Tasuki: 1.");
  return path == "/ops/api/mappings/reload" ? reload() : approve(request, *principal);
}

net::HttpResponse Workbench::mappings() const {
  const auto held = reloader_->mappings();
  Text text;
  text.object().name("mappings").array();
  for (const auto& program : held->programs()) {
    text.object()
        .member("name", program->name)
        .member("version", program->version)
        .member("file", program->file)
        .member("samples", program->examples.size())
        .name("kinds")
        .array();
    for (const std::string& kind : program->kinds)
      text.value(kind);
    text.end().end();
  }
  text.end();
  write_problems(reloader_->last().problems, text);
  text.end();
  return json_answer(text.take());
}

net::HttpResponse Workbench::reload() const {
  const intake::trial::Reload done = reloader_->reload();
  Text text;
  text.object().member("changed", done.changed).name("mappings").array();
  for (const std::string& one : done.mappings)
    text.value(one);
  text.end();
  write_problems(done.problems, text);
  text.end();
  return json_answer(text.take());
}

net::HttpResponse Workbench::codes() const {
  std::vector<std::string> feeds;
  if (inbox_ != nullptr) feeds = inbox_->feeds();
  const auto found = intake::workbench::codes_of(door_, feeds);
  if (!found) return problem(found.error());
  Text text;
  text.object().member("messages", found->messages).member("whole", found->is_whole);
  text.name("unmapped").array();
  for (size_t i = 0; i < std::min(found->unmapped.size(), codes_shown_max); ++i)
    write_code(found->unmapped[i], text);
  text.end().end();
  return json_answer(text.take());
}

net::HttpResponse Workbench::history(const net::HttpRequest& request) const {
  std::string table;
  for (const api::Parameter& parameter : api::parameters_of(request.query()))
    if (parameter.name == "table") table = parameter.value;
  const auto lines = intake::workbench::history_of(*reloader_, table);
  if (!lines) return problem(lines.error());
  Text text;
  text.object().name("history").array();
  for (const auto& line : *lines)
    text.object()
        .member("time", line.time)
        .member("who", line.approval.who)
        .member("from", line.approval.from)
        .member("to", line.approval.to)
        .member("system", line.approval.system)
        .member("display", line.approval.display)
        .member("reason", line.approval.reason)
        .end();
  text.end().end();
  return json_answer(text.take());
}

// What waited for the code goes on at once.
net::HttpResponse Workbench::approve(const net::HttpRequest& request,
                                     const record::Principal& principal) const {
  auto document = json::parse(request.body);
  if (!document) return problem(document.error());
  intake::workbench::Approval approval;
  const std::pair<std::string_view, std::string*> members[] = {
      {"table", &approval.table},   {"from", &approval.from},       {"to", &approval.to},
      {"system", &approval.system}, {"display", &approval.display}, {"reason", &approval.reason}};
  for (const json::Member& member : document->root.members()) {
    const auto known =
        std::ranges::find(members, member.name, &std::pair<std::string_view, std::string*>::first);
    if (known == std::end(members) || !member.value.is_string())
      return problem(400, "指定できるのは table、from、to、system、display、reason(文字列)です。",
                     "The body takes table, from, to, system, display and reason, all strings.");
    *known->second = member.value.text();
  }
  approval.who = principal.name.empty() ? principal.id : principal.name;
  if (auto done = intake::workbench::approve(*reloader_, approval, now()); !done)
    return problem(done.error());
  const intake::UnknownCode code{approval.table, approval.from};
  intake::ReplayOutcome waited, in_shadow;
  std::vector<std::string> replays;
  if (inbox_ != nullptr) {
    const auto replayed = inbox_->replay({.feed = {}, .reason = "code.not-in-table"});
    if (!replayed) return problem(replayed.error());
    waited = *replayed;
    const auto judged = inbox_->judge({}, code);
    if (!judged) return problem(judged.error());
    in_shadow = *judged;
    if (replays_ != nullptr) {
      auto mended = mend_published(*inbox_, *replays_, code, principal);
      if (!mended) return problem(mended.error());
      replays = *std::move(mended);
    }
  }
  Text text;
  text.object();
  write_outcome(waited, text);
  text.name("shadow").object();
  write_outcome(in_shadow, text);
  text.end().name("replays").array();
  for (const std::string& id : replays)
    text.value(id);
  text.end().end();
  return json_answer(text.take());
}

}  // namespace tasuki::server::faces
