// Signing in and out, and who a request comes from. docs/care-api.md; security.md 1.8, 1.9
//
// A session is a token: in the cookie tasuki_session (HttpOnly, SameSite=Strict) for browsers, or
// behind "Authorization: Bearer" for programs. A cookie alone changes nothing: X-Tasuki: 1 must
// stand beside it, which no cross-site form can send.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "net/http.h"
#include "record/accounts.h"
#include "record/door.h"
#include "server/server.h"
#include "server/signin/throttle.h"

namespace tasuki::server::signin {

class SignIn {
 public:
  SignIn(const ServerSettings& settings, record::Door& door) : settings_(settings), door_(door) {}

  // Nothing when nobody is signed in, or when a cookie came without the header that guards changes.
  std::optional<record::Principal> principal(const net::HttpRequest& request) const;

  // Of a request for a websocket: a page of another site can open one with the browser's cookie,
  // and is told by its Origin (RFC 6455 10.2).
  std::optional<record::Principal> websocket_principal(const net::HttpRequest& request) const;

  static bool serves(std::string_view path);  // /signin, /signin/..., /signout
  net::HttpResponse handle(const net::HttpRequest& request);

 private:
  net::HttpResponse options() const;
  net::HttpResponse sign_in(const net::HttpRequest& request);
  net::HttpResponse sign_in_demo(const net::HttpRequest& request);
  net::HttpResponse sign_out(const net::HttpRequest& request);
  net::HttpResponse entered(const record::SignedIn& session) const;

  const ServerSettings& settings_;
  record::Door& door_;
  Throttle throttle_;
  std::atomic<int> checking_ = 0;  // passwords being hashed: each takes memory and time on purpose
};

}  // namespace tasuki::server::signin
