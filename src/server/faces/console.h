// What the person who keeps it running asks: is everything connected, what waits, once more.
// /ops/api. docs/ops-api.md
#pragma once

#include <optional>

#include "intake/health/monitor.h"
#include "intake/inbox/inbox.h"
#include "net/http.h"
#include "record/session.h"

namespace tasuki::server::faces {

class Console {
 public:
  // Either may be absent (a server without feeds): its lists are empty then.
  Console(intake::health::Monitor* monitor, intake::Inbox* inbox)
      : monitor_(monitor), inbox_(inbox) {}

  net::HttpResponse handle(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal) const;

 private:
  net::HttpResponse feeds() const;
  net::HttpResponse false_alarm(std::string_view feed) const;
  net::HttpResponse waiting() const;
  net::HttpResponse replay(const net::HttpRequest& request) const;

  intake::health::Monitor* monitor_;
  intake::Inbox* inbox_;
};

constexpr std::string_view console_prefix = "/ops/api/";

}  // namespace tasuki::server::faces
