// What the person who keeps it running asks: is everything connected, what waits, once more.
// /ops/api. docs/ops-api.md
#pragma once

#include <optional>

#include "intake/health/monitor.h"
#include "intake/inbox/inbox.h"
#include "net/http.h"
#include "record/session.h"
#include "server/server.h"

namespace tasuki::server::faces {

class Console {
 public:
  explicit Console(const Operation& operation)
      : operation_(operation), monitor_(operation.monitor), inbox_(operation.inbox) {}

  net::HttpResponse handle(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal) const;

 private:
  std::optional<net::HttpResponse> answer(const net::HttpRequest& request,
                                          const record::Principal& by, std::string_view what) const;
  net::HttpResponse feeds() const;
  net::HttpResponse false_alarm(std::string_view feed) const;
  net::HttpResponse waiting() const;
  net::HttpResponse replay(const net::HttpRequest& request) const;

  const Operation operation_;
  intake::health::Monitor* monitor_;
  intake::Inbox* inbox_;
};

constexpr std::string_view console_prefix = "/ops/api/";

}  // namespace tasuki::server::faces
