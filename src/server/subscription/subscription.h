// A Subscription resource as what the server does for it. FHIR R4 subscription.html; Subscriptions
// R5 Backport 1.1 (backport-subscription profile).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fhir/search/query.h"
#include "json/value.h"
#include "net/http.h"

namespace tasuki::server::subscription {

// When something is told. An R4 criteria is one trigger; a topic may have several.
struct Trigger {
  fhir::search::Query query;  // type and criteria
  bool create = true, update = true, remove = false;
};

enum class Channel : uint8_t { rest_hook, websocket, email };
enum class Content : uint8_t { empty, id_only, full };

struct Subscription {
  std::string id;
  std::string status;  // requested active error off
  std::vector<Trigger> triggers;
  std::vector<fhir::search::Query> filters;  // of the backport: each must hold besides
  std::string topic;                         // canonical; empty: R4's own criteria
  Channel channel = Channel::rest_hook;
  std::string endpoint;
  std::vector<net::Header> headers;
  std::string payload;  // media type; empty: R4 sends no body
  Content content = Content::empty;
  std::chrono::seconds heartbeat{0};  // 0: none
  size_t events_at_once = 1;          // backport: events in one notification
  std::optional<Instant> end;
};

// Topics by canonical: what stands as Basic in the record (see topics.h).
using FindTopic = std::function<Result<std::vector<Trigger>>(std::string_view canonical)>;

// An Error is for the subscriber: it goes to Subscription.error.
Result<Subscription> parse_subscription(const fhir::Definitions& definitions,
                                        const json::Value& resource, const FindTopic& find_topic);

// "Observation?status=final". Only criteria on the resource itself can be told of one change.
Result<fhir::search::Query> parse_criteria(const fhir::Definitions& definitions,
                                           std::string_view text);

// A SubscriptionTopic kept as Basic with the R5 extensions. no topic: not one.
struct Topic {
  std::string url;
  std::vector<Trigger> triggers;
};
Result<Topic> parse_topic(const fhir::Definitions& definitions, const json::Value& basic);

// Does the change concern it? body: of the new version; empty when deleted.
bool concerns(const fhir::Definitions& definitions, const Subscription& subscription,
              fhir::TypeId type, bool created, bool deleted, const json::Value* body);

}  // namespace tasuki::server::subscription
