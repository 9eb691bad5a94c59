#include "server/subscription/known.h"

#include "json/parse.h"

namespace tasuki::server::subscription {

Result<Known> known(record::Session& session, std::string_view id) {
  const auto& definitions = session.door().definitions();
  const record::Resource resource =
      TRY(session.read(*definitions.resource_type("Subscription"), id));
  const json::Document document = TRY(json::parse(resource.body));
  // What it triggers on does not matter here: a topic that is gone is no reason not to answer.
  Known known;
  auto parsed = parse_subscription(definitions, document.root,
                                   [](std::string_view) { return std::vector<Trigger>(); });
  if (parsed) known.subscription = *std::move(parsed);
  known.subscription.id = id;
  known.subscription.status = document.root.text_of("status");
  const record::Notebook notebook(session.door());
  known.progress = TRY(progress_of(notebook, id)).value_or(Progress{});
  return known;
}

}  // namespace tasuki::server::subscription
