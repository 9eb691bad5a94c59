// The FHIR REST edge: an HTTP request under /fhir to a Call, and its Reply to an HTTP response.
// FHIR R4 http.html
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/http.h"
#include "record/door.h"
#include "server/api/call.h"
#include "server/server.h"

namespace tasuki::server::api {

class Closures;

class Rest {
 public:
  Rest(const ServerSettings& settings, record::Door& door);
  ~Rest();

  // May it run on the network thread? Only the read of one resource.
  static bool is_quick(const net::HttpRequest& request);

  // principal: nothing when nobody is signed in; then only /metadata answers.
  net::HttpResponse handle(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal,
                           jobs::Job* job = nullptr) const;  // job: it runs as one

  std::string base_of(const net::HttpRequest& request) const;  // as answers' links begin

 private:
  net::HttpResponse answer(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal, const Wanted& wanted,
                           jobs::Job* job) const;
  net::HttpResponse refused(const Problem& problem, const Wanted& wanted) const;
  Reply perform_on(const net::HttpRequest& request, record::Session& session, std::string_view base,
                   const Wanted& wanted, jobs::Job* job) const;

  const ServerSettings& settings_;
  record::Door& door_;
  std::unique_ptr<Closures> closures_;
};

constexpr std::string_view rest_prefix = "/fhir";

}  // namespace tasuki::server::api
