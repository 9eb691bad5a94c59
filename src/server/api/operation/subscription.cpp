// Subscription/$status, Subscription/[id]/$events: how far a subscription is, and what it would
// have told. Subscriptions R5 Backport 1.1, OperationDefinition-backport-subscription-status.html,
// -events.html
#include "json/parse.h"
#include "server/api/bundle.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"
#include "server/subscription/state.h"

namespace tasuki::server::api {
namespace {

namespace subscribed = subscription;

constexpr uint64_t events_max = 100;

struct Known {
  subscribed::Subscription subscription;
  subscribed::Progress progress;
};

Result<Known> known_of(Call& call, std::string_view id) {
  const auto type = *call.definitions.resource_type("Subscription");
  const record::Resource resource = TRY(call.session.read(type, id));
  const json::Document document = TRY(json::parse(resource.body));
  // What it triggers on does not matter here: a topic that is gone is no reason not to answer.
  Known known;
  auto parsed = subscribed::parse_subscription(
      call.definitions, document.root,
      [](std::string_view) { return std::vector<subscribed::Trigger>(); });
  if (parsed) known.subscription = *std::move(parsed);
  known.subscription.id = id;
  known.subscription.status = document.root.text_of("status");
  const record::Notebook notebook(call.session.door());
  known.progress = TRY(subscribed::progress_of(notebook, id)).value_or(subscribed::Progress{});
  return known;
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
    const Known known = TRY(known_of(call, id));
    record::Resource status;
    status.id = id;
    status.body = subscribed::status_text(
        known.subscription, call.base, subscribed::Told::query_status, known.progress.events, {});
    bundle.found("Subscription", status, Mode::match);
  }
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

Reply subscription_events(Call& call, const Input& input) {
  Known known = TRY(known_of(call, call.target.id));
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

}  // namespace tasuki::server::api
