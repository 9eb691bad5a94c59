#include "server/faces/care.h"

#include "server/api/call.h"
#include "server/api/parameters.h"
#include "server/faces/answer.h"
#include "server/faces/overview.h"
#include "server/faces/person_text.h"
#include "server/faces/text.h"
#include "server/faces/words.h"
#include "server/purpose.h"

namespace tasuki::server::faces {
namespace {

constexpr size_t people_max = 30;
constexpr size_t query_bytes_max = 200;

}  // namespace

net::HttpResponse Care::handle(const net::HttpRequest& request,
                               const std::optional<record::Principal>& principal) const {
  if (!principal) return problem(401, "サインインしてください。", "Sign in first.");
  if (request.method != "GET" && request.method != "HEAD")
    return problem(405, "この操作はここではできません。", "Only GET is served here.");
  const std::string_view what = request.path().substr(care_prefix.size());
  if (what == "me") return me(*principal);

  record::Session session = door_.session(*principal, purpose_of(*principal));
  if (what == "people") return people(request, session);
  if (what.starts_with("people/")) return person(what.substr(7), session);
  return problem(404, "この問い合わせはありません。",
                 "/care/api serves me, people and people/:id.");
}

net::HttpResponse Care::me(const record::Principal& principal) const {
  Text text;
  text.object();
  text.member("name", principal.name);
  text.member("role", role_ja(principal.role));
  text.member("roleCode", role_code(principal.role));
  text.name("facility")
      .object()
      .member("id", principal.organisation)
      .member("name", facilities_.name(principal.organisation))
      .end();
  if (!principal.person.empty()) text.member("person", principal.person);
  text.end();
  return json_answer(text.take());
}

net::HttpResponse Care::people(const net::HttpRequest& request, record::Session& session) const {
  std::string asked;
  for (const api::Parameter& parameter : api::parameters_of(request.query()))
    if (parameter.name == "q") asked = parameter.value;
  if (asked.size() > query_bytes_max)
    return problem(400, "検索のことばが長すぎます。", "q is too long.");
  auto found = session.people(asked, people_max + 1);
  if (!found) return problem(found.error());
  const bool more = found->size() > people_max;
  if (more) found->resize(people_max);
  Text text;
  text.object().name("people").array();
  for (const record::Person& each : *found)
    write_person(each, {}, text);
  text.end().member("more", more).end();
  return json_answer(text.take());
}

net::HttpResponse Care::person(std::string_view id, record::Session& session) const {
  if (!api::is_id(id))
    return problem(404, "この方は見つかりません。", "That is not a person's id.");
  auto text = overview(session, door_.definitions(), facilities_, id);
  return text ? json_answer(*std::move(text)) : problem(text.error());
}

}  // namespace tasuki::server::faces
