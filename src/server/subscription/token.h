// What lets a program bind a websocket to subscriptions where it cannot sign in (a browser sets no
// headers on one). Good for some minutes; only its hash is kept. Subscriptions R5 Backport 1.1,
// OperationDefinition-backport-subscription-get-ws-binding-token.html
#pragma once

#include <string>
#include <vector>

#include "record/notebook.h"

namespace tasuki::server::subscription {

struct Grant {
  std::string account;  // whose subscriptions
  std::vector<std::string> subscriptions;
};
struct Token {
  std::string text;
  Instant expires;
};

Result<Token> issue_token(record::Door& door, const Grant& grant, Instant time);
Result<Grant> redeem_token(record::Door& door, std::string_view text, Instant time);

}  // namespace tasuki::server::subscription
