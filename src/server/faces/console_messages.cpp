// /ops/api/messages and /ops/api/destinations. docs/ops-api.md
#include <charconv>

#include "intake/outbound/outbound.h"
#include "intake/search/search.h"
#include "server/api/parameters.h"
#include "server/faces/answer.h"
#include "server/faces/console_feeds.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {
namespace {

net::HttpResponse heard(const Result<std::string>& text) {
  return text ? json_answer(*text) : problem(text.error());
}

template <class T>
bool read_number(std::string_view text, T& target) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), target);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

Result<void> take(const api::Parameter& parameter, intake::MessageQuestion& question) {
  const std::pair<std::string_view, std::string*> texts[] = {
      {"person", &question.person}, {"order", &question.order},     {"code", &question.code},
      {"cause", &question.cause},   {"control", &question.control}, {"feed", &question.feed}};
  for (const auto& [name, target] : texts)
    if (parameter.name == name) {
      *target = parameter.value;
      return {};
    }
  if (parameter.name == "count" && read_number(parameter.value, question.count_max)) return {};
  if (parameter.name == "before" && read_number(parameter.value, question.before)) return {};
  if (parameter.name == "since" || parameter.name == "until") {
    const auto time = parse_instant(parameter.value);
    (parameter.name == "since" ? question.since : question.until) = time;
    if (time) return {};
  }
  return Error{
      Error::Kind::invalid,
      "指定は person order code cause control feed since until before count です。/ Known: "
      "person, order, code, cause, control, feed, since and until (times), before and "
      "count (numbers).",
      parameter.name};
}

net::HttpResponse search(const intake::MessageSearcher& messages, const net::HttpRequest& request,
                         const record::Principal& by) {
  intake::MessageQuestion question;
  for (const api::Parameter& parameter : api::parameters_of(request.query()))
    if (auto taken = take(parameter, question); !taken) return problem(taken.error());
  return heard(messages.find(question, by));
}

intake::Outbound::Page page_of(const net::HttpRequest& request) {
  intake::Outbound::Page page;
  for (const api::Parameter& parameter : api::parameters_of(request.query())) {
    if (parameter.name == "after") read_number(parameter.value, page.after);
    if (parameter.name == "count") read_number(parameter.value, page.count_max);
  }
  return page;
}

net::HttpResponse again(intake::Outbound& outbound, const record::Principal& by,
                        std::string_view destination, std::string_view number) {
  uint64_t one = 0;
  if (!number.empty() && !read_number(number, one))
    return problem(400, "電文の番号が正しくありません。", "The number of a message is needed.");
  const auto moved =
      outbound.again(destination, number.empty() ? std::nullopt : std::optional(one), by);
  if (!moved) return problem(moved.error());
  return json_answer(Text().object().member("again", *moved).end().take());
}

}  // namespace

std::optional<net::HttpResponse> answer_messages(intake::MessageSearcher& messages,
                                                 const net::HttpRequest& request,
                                                 const record::Principal& by,
                                                 std::string_view rest) {
  const bool is_post = request.method == "POST";
  if (!is_post && rest.empty()) return search(messages, request, by);
  if (is_post && rest == "reindex") {
    messages.rebuild();
    auto answer = json_answer("{}");
    answer.status = 202;
    return answer;
  }
  uint64_t number = 0;
  if (is_post || !read_number(rest, number)) return std::nullopt;
  return heard(messages.show(number, by));
}

std::optional<net::HttpResponse> answer_destinations(intake::Outbound& outbound,
                                                     const net::HttpRequest& request,
                                                     const record::Principal& by,
                                                     std::string_view rest) {
  const bool is_post = request.method == "POST";
  if (!is_post && rest.empty()) return heard(outbound.list(by));
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto destination = rest.substr(0, slash), what = rest.substr(slash + 1);
  if (!is_post && what == "tray") return heard(outbound.tray(destination, page_of(request), by));
  if (!is_post && what == "done") return heard(outbound.done(destination, page_of(request), by));
  if (!is_post) return std::nullopt;
  if (what == "tray/again") return again(outbound, by, destination, {});
  constexpr std::string_view one = "tray/", verb = "/again";
  if (what.starts_with(one) && what.ends_with(verb) && what.size() > one.size() + verb.size())
    return again(outbound, by, destination,
                 what.substr(one.size(), what.size() - one.size() - verb.size()));
  if (what != "messages") return std::nullopt;
  if (auto sent = outbound.send(destination, request.body, by); !sent) return problem(sent.error());
  auto answer = json_answer("{}");
  answer.status = 202;
  return answer;
}

}  // namespace tasuki::server::faces
