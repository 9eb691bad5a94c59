// Subscriptions as they come, change and go: read, refused or greeted, their status written. The
// engine's own versions of a Subscription are known by their author.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/feed.h"
#include "server/subscription/settings.h"
#include "server/subscription/state.h"

namespace tasuki::server::subscription {

// One that is to be told from now on, under whose rights, and how far it has come.
struct Enlisted {
  Subscription subscription;
  record::Principal principal;
  Progress progress;
};

class Roster {
 public:
  static constexpr std::string_view own_id = "system:subscription";

  Roster(record::Door& door, const SubscriptionSettings& settings, std::string base);

  // What follows from this version of a Subscription; nothing: it is not (or not yet) to be told.
  Result<std::optional<Enlisted>> judge(const record::FeedChange& change);
  Result<void> write_status(const record::FeedChange& change, std::string_view status,
                            std::string_view error);

 private:
  Result<bool> is_current(const record::FeedChange& change);
  Result<void> activate(const record::FeedChange& change, Subscription subscription);
  Result<std::optional<Enlisted>> resume(const record::FeedChange& change,
                                         Subscription subscription);
  Result<std::vector<Trigger>> topic(std::string_view url);

  record::Door& door_;
  const SubscriptionSettings settings_;
  const std::string base_;
  record::Notebook notebook_;
  const fhir::TypeId type_;
};

}  // namespace tasuki::server::subscription
