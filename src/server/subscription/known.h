// A subscription as who reads it may see it, and how far it has come.
#pragma once

#include "record/session.h"
#include "server/subscription/state.h"

namespace tasuki::server::subscription {

struct Known {
  Subscription subscription;  // without its triggers: a topic may be gone meanwhile
  Progress progress;
};
Result<Known> known(record::Session& session, std::string_view id);  // as session.read()

}  // namespace tasuki::server::subscription
