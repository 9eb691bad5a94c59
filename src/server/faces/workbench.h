// What the person who keeps mappings and code tables asks: which versions are in force, what is
// wrong with the changed ones, take them up; which codes no table knows, what they probably mean,
// and that they do. /ops/api/mappings, /ops/api/codes. docs/ops-api.md
#pragma once

#include <optional>
#include <string_view>

#include "intake/inbox/inbox.h"
#include "intake/replay/replays.h"
#include "intake/trial/reload.h"
#include "net/http.h"
#include "record/session.h"
#include "server/server.h"

namespace tasuki::server::faces {

class Workbench {
 public:
  // Any may be nullptr: a server without feeds.
  Workbench(record::Door& door, const Operation& operation)
      : door_(door),
        reloader_(operation.reloader),
        inbox_(operation.inbox),
        replays_(operation.replays) {}

  static bool serves(std::string_view path);
  net::HttpResponse handle(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal) const;

 private:
  net::HttpResponse mappings() const;
  net::HttpResponse reload() const;
  net::HttpResponse codes() const;
  net::HttpResponse history(const net::HttpRequest& request) const;
  net::HttpResponse approve(const net::HttpRequest& request,
                            const record::Principal& principal) const;

  record::Door& door_;
  intake::trial::Reloader* reloader_;
  intake::Inbox* inbox_;
  intake::Replays* replays_;
};

}  // namespace tasuki::server::faces
