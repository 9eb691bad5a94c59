// What the clinician's page asks: /care/api. docs/care-api.md
#pragma once

#include <optional>

#include "net/http.h"
#include "record/door.h"
#include "server/faces/facilities.h"

namespace tasuki::server::faces {

class Care {
 public:
  explicit Care(record::Door& door) : door_(door), facilities_(door) {}

  net::HttpResponse handle(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal) const;

 private:
  net::HttpResponse me(const record::Principal& principal) const;
  net::HttpResponse people(const net::HttpRequest& request, record::Session& session) const;
  net::HttpResponse person(std::string_view id, record::Session& session) const;

  record::Door& door_;
  Facilities facilities_;
};

constexpr std::string_view care_prefix = "/care/api/";

}  // namespace tasuki::server::faces
