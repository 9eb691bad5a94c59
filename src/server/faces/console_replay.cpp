// /ops/api/replays: a replay asked for, looked at, published, taken back. docs/ops-api.md
#include "server/faces/console_replay.h"

#include <charconv>

#include "json/parse.h"
#include "server/api/parameters.h"
#include "server/faces/answer.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {
namespace {

net::HttpResponse started(const Result<std::string>& id) {
  if (!id) return problem(id.error());
  auto answer = json_answer(Text().object().member("id", *id).end().take());
  answer.status = 202;
  return answer;
}

net::HttpResponse said(const Result<std::string>& text) {
  return text ? json_answer(*text) : problem(text.error());
}

net::HttpResponse start(intake::Replays& replays, const net::HttpRequest& request,
                        const record::Principal& by) {
  const auto document = json::parse(request.body.empty() ? "{}" : request.body);
  if (!document) return problem(document.error());
  const auto choice = intake::choice_of(document->root);
  if (!choice) return problem(choice.error());
  return started(replays.start(*choice, by));
}

net::HttpResponse changes(const intake::Replays& replays, const net::HttpRequest& request,
                          const record::Principal& by, std::string_view id) {
  intake::Replays::Page page;
  for (const api::Parameter& parameter : api::parameters_of(request.query())) {
    const std::string& value = parameter.value;
    if (parameter.name == "after") {
      page.after = value;
    } else if (parameter.name == "count") {
      std::from_chars(value.data(), value.data() + value.size(), page.count_max);
    } else {
      return problem(400, "指定できるのは after と count です。", "Known: after, count.");
    }
  }
  return said(replays.changes(id, page, by));
}

net::HttpResponse turned(const intake::Replays& replays, const Result<void>& done,
                         const record::Principal& by, std::string_view id) {
  if (!done) return problem(done.error());
  auto answer = said(replays.show(id, by));
  if (answer.status == 200) answer.status = 202;
  return answer;
}

}  // namespace

std::optional<net::HttpResponse> answer_replays(intake::Replays& replays,
                                                const net::HttpRequest& request,
                                                const record::Principal& by,
                                                std::string_view rest) {
  const bool is_post = request.method == "POST";
  if (rest.empty()) return is_post ? start(replays, request, by) : said(replays.list(by));
  const size_t slash = rest.find('/');
  const auto id = rest.substr(0, slash);
  const auto what = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (!is_post && what.empty()) return said(replays.show(id, by));
  if (!is_post && what == "changes") return changes(replays, request, by, id);
  if (is_post && what == "publish") return turned(replays, replays.publish(id, by), by, id);
  if (is_post && what == "undo") return turned(replays, replays.undo(id, by), by, id);
  if (is_post && what == "forget") return turned(replays, replays.forget(id, by), by, id);
  return std::nullopt;
}

}  // namespace tasuki::server::faces
