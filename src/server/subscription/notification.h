// What subscribers are told. R4: the resource itself, or nothing. Backport: a Bundle that begins
// with the subscription's status. Subscriptions R5 Backport 1.1, notifications.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "server/subscription/subscription.h"

namespace tasuki::server::subscription {

struct Event {
  uint64_t number = 0;  // 1, 2, 3 ... of this subscription
  Instant time;
  std::string focus;  // "Observation/1"
  std::string body;   // as it may be told; empty: not
  bool deleted = false;
};

enum class Told : uint8_t { handshake, heartbeat, event_notification, query_status, query_event };

// The Parameters that stand for R5's SubscriptionStatus.
std::string status_text(const Subscription& subscription, std::string_view base, Told told,
                        uint64_t events_since_start, const std::vector<Event>& events);
std::string bundle_text(const Subscription& subscription, std::string_view base, Told told,
                        uint64_t events_since_start, const std::vector<Event>& events,
                        Instant time);

}  // namespace tasuki::server::subscription
