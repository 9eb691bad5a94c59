// What subscriptions may do and how patient they are.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tasuki::server::subscription {

struct SubscriptionSettings {
  // rest-hooks may go to URLs that begin so ("https://hooks.example.jp/"); empty: to none.
  std::vector<std::string> endpoints;
  std::string mail_relay;  // "host:port" of the SMTP relay; empty: no e-mail
  std::string mail_from;
  std::chrono::milliseconds look_every{200};    // for changes
  std::chrono::milliseconds retry_first{1000};  // doubled after each failure
  std::chrono::milliseconds retry_max{600'000};
  unsigned failures_max = 20;                       // then the subscription's status is error
  std::chrono::milliseconds bind_wait_max{30'000};  // a websocket that binds nothing is closed
  size_t events_kept = 10'000;                      // of each subscription, for $events
};

}  // namespace tasuki::server::subscription
