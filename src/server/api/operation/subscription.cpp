// Subscription/$status, Subscription/[id]/$events, Subscription/$get-ws-binding-token: how far a
// subscription is, what it would have told, and leave to listen. Subscriptions R5 Backport 1.1,
// OperationDefinition-backport-subscription-status.html, -events.html, -get-ws-binding-token.html
#include "fhir/search/query.h"
#include "json/print.h"
#include "server/api/bundle.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"
#include "server/subscription/known.h"
#include "server/subscription/sockets.h"
#include "server/subscription/token.h"

namespace tasuki::server::api {
namespace {

namespace subscribed = subscription;

constexpr uint64_t events_max = 100;
constexpr size_t subscriptions_max = 100;  // that one token opens

Result<std::vector<std::string>> own_sockets(Call& call) {
  std::vector<std::string> ids;
  const auto type = *call.definitions.resource_type("Subscription");
  auto query = TRY(fhir::search::parse(call.definitions, type, "type=websocket&status=active"));
  query.count = subscriptions_max;
  const auto result = TRY(call.session.search(query));
  for (const record::Resource& match : result.matches)
    ids.push_back(match.id);
  return ids;
}

// Only of websockets, and only by who subscribed: what is told is what they may see.
Result<bool> may_listen(Call& call, std::string_view id) {
  const auto found = TRY(subscribed::known(call.session, id));
  return found.subscription.channel == subscribed::Channel::websocket &&
         found.progress.author == call.session.principal().id;
}

}  // namespace

Reply subscription_status(Call& call, const Input& input) {
  std::vector<std::string> ids = input.texts("id");
  if (!call.target.id.empty()) ids = {call.target.id};
  if (ids.empty()) return Error{Error::Kind::invalid, "$status of the type needs id.", "id"};
  BundleText bundle("searchset", call.base);
  bundle.total(ids.size());
  bundle.link("self", operation_url(call, input, {}));
  for (const std::string& id : ids) {
    const subscribed::Known known = TRY(subscribed::known(call.session, id));
    record::Resource status;
    status.id = id;
    status.body = subscribed::status_text(
        known.subscription, call.base, subscribed::Told::query_status, known.progress.events, {});
    bundle.found("Subscription", status, Mode::match);
  }
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

Reply subscription_events(Call& call, const Input& input) {
  subscribed::Known known = TRY(subscribed::known(call.session, call.target.id));
  const uint64_t from = std::max<uint64_t>(1, TRY(input.number("eventsSinceNumber")).value_or(1));
  uint64_t to = TRY(input.number("eventsUntilNumber")).value_or(known.progress.events);
  to = std::min({to, known.progress.events, from + events_max - 1});
  const std::string content = input.text("content").value_or("");
  using subscribed::Content;
  if (content == "empty") known.subscription.content = Content::empty;
  if (content == "id-only") known.subscription.content = Content::id_only;
  if (content == "full-resource") known.subscription.content = Content::full;
  const auto events = TRY(subscribed::events_of(call.session.door(), call.session.principal(),
                                                call.target.id, from, to));
  return Answer{
      .done = Answer::Done::ok,
      .body = subscribed::bundle_text(known.subscription, call.base, subscribed::Told::query_event,
                                      known.progress.events, events, call.session.time())};
}

Reply websocket_token(Call& call, const Input& input) {
  std::vector<std::string> ids = input.texts("id");
  if (!call.target.id.empty()) ids = {call.target.id};
  const bool named = !ids.empty();
  if (!named) ids = TRY(own_sockets(call));
  if (ids.size() > subscriptions_max)
    return Error{Error::Kind::too_costly,
                 fmt::format("One token is for {} subscriptions at most.", subscriptions_max),
                 "id"};
  subscribed::Grant grant{.account = call.session.principal().id, .subscriptions = {}};
  for (std::string& id : ids) {
    if (TRY(may_listen(call, id))) {
      grant.subscriptions.push_back(std::move(id));
    } else if (named) {
      return Error{Error::Kind::forbidden,
                   fmt::format("Subscription/{} has another channel than websocket, or another "
                               "account asked for it.",
                               id),
                   "id"};
    }
  }
  const auto token = TRY(subscribed::issue_token(call.session.door(), grant, call.session.time()));
  std::string text = fmt::format(
      R"({{"resourceType":"Parameters","parameter":[{{"name":"token","valueString":"{}"}},)"
      R"({{"name":"expiration","valueDateTime":"{}"}})",
      token.text, format_instant(token.expires));
  for (const std::string& id : grant.subscriptions)
    text += fmt::format(R"(,{{"name":"subscription","valueString":"{}"}})", id);
  text += R"(,{"name":"websocket-url","valueUrl":)";
  json::print_string(subscribed::websocket_url(call.base), text);
  return Answer{.done = Answer::Done::ok, .body = text + "}]}"};
}

}  // namespace tasuki::server::api
