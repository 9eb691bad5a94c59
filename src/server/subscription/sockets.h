// Who listens to which subscription over a websocket.
//
// R4: "bind <id>" is answered "bound <id>", and from then on "ping <id>" comes for each event
// (subscription.html#websocket). Backport: "bind-with-token <token>", answered with a handshake,
// then notification bundles (Subscriptions R5 Backport 1.1, channels.html#websockets). Whoever
// binds must be who subscribed, because what is told is what they may see. A refusal is "error <id>
// <sentence>".
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/websocket.h"
#include "record/door.h"

namespace tasuki::server::subscription {

constexpr std::string_view websocket_path = "/fhir/websocket";
std::string websocket_url(
    std::string_view base);  // "https://host/fhir": "wss://host/fhir/websocket"

// Who opened it: nobody, who then needs a token; and whether they are still signed in.
struct Opener {
  std::optional<record::Principal> principal;
  std::function<bool()> is_signed_in;
};

class Sockets {
 public:
  // bound: called when somebody has begun to listen, so that what waits is told.
  static std::unique_ptr<Sockets> make(record::Door& door, std::string base,
                                       std::function<void()> bound);
  virtual ~Sockets() = default;

  virtual std::shared_ptr<net::WebSocketTalk> talk(Opener opener) = 0;
  // Closes what was opened longer ago than that and is bound to nothing: anybody may open one.
  virtual void close_unbound(std::chrono::milliseconds wait_max) = 0;

  virtual bool has(std::string_view subscription, std::string_view account) const = 0;
  // Done when one of the account's sockets that are bound to it took all of it.
  virtual Result<void> deliver(std::string_view subscription, std::string_view account,
                               const std::vector<std::string>& texts) = 0;
};

}  // namespace tasuki::server::subscription
