// One notification on its way, by the subscription's channel.
#pragma once

#include "server/subscription/notification.h"
#include "server/subscription/settings.h"

namespace tasuki::server::subscription {

struct Notice {
  Told told = Told::event_notification;
  uint64_t events_since_start = 0;
  std::vector<Event> events;
};

// May it go there at all? forbidden: the settings do not allow it.
Result<void> check_endpoint(const SubscriptionSettings& settings, const Subscription& subscription);

// What goes over a websocket: R4's ping for each event, or one Bundle.
std::vector<std::string> socket_texts(const Subscription& subscription, std::string_view base,
                                      const Notice& notice);

// By the other channels. Done when the other side took it (2xx; 250).
Result<void> deliver(const SubscriptionSettings& settings, const Subscription& subscription,
                     std::string_view base, const Notice& notice);

}  // namespace tasuki::server::subscription
