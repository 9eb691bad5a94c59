// Watches the change feed and tells subscribers. FHIR R4 subscription.html, Subscriptions R5
// Backport 1.1
//
// One thread matches changes: events, their numbers and the place in the feed are one commit, so
// that an event has one number for ever. Others deliver, each subscription in order, again and
// again until the other side says 2xx: at least once. What may not be told to who subscribed, under
// the consent of the moment of telling, is passed over.
#pragma once

#include <memory>

#include "record/door.h"
#include "server/subscription/settings.h"
#include "server/subscription/sockets.h"

namespace tasuki::server::subscription {

class Engine {
 public:
  static std::unique_ptr<Engine> start(record::Door& door, const SubscriptionSettings& settings,
                                       std::string base);
  virtual ~Engine() = default;

  virtual Sockets& sockets() = 0;
};

}  // namespace tasuki::server::subscription
