// What the operator asks of feeds, of destinations, of stored messages and of alerts.
#pragma once

#include <optional>
#include <string_view>

#include "net/http.h"
#include "record/session.h"
#include "server/server.h"

namespace tasuki::server::faces {

// rest: behind "feeds/", "destinations/", "messages/", "alerts/". Nothing: there is no such call.
std::optional<net::HttpResponse> answer_feeds(const Operation& operation,
                                              const net::HttpRequest& request,
                                              const record::Principal& by, std::string_view rest);
std::optional<net::HttpResponse> answer_destinations(intake::Outbound& outbound,
                                                     const net::HttpRequest& request,
                                                     const record::Principal& by,
                                                     std::string_view rest);
std::optional<net::HttpResponse> answer_messages(intake::MessageSearcher& messages,
                                                 const net::HttpRequest& request,
                                                 const record::Principal& by,
                                                 std::string_view rest);
// what: "space" or "backup".
std::optional<net::HttpResponse> answer_space(intake::Retention& retention,
                                              const net::HttpRequest& request,
                                              const record::Principal& by, std::string_view what);
std::optional<net::HttpResponse> answer_alerts(intake::health::Alerts& alerts,
                                               const net::HttpRequest& request,
                                               const record::Principal& by, std::string_view rest);

}  // namespace tasuki::server::faces
