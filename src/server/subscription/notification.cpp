#include "server/subscription/notification.h"

#include "base/uuid.h"
#include "json/print.h"

namespace tasuki::server::subscription {
namespace {

constexpr std::string_view told_names[] = {"handshake", "heartbeat", "event-notification",
                                           "query-status", "query-event"};

void append_event(const Subscription& subscription, std::string_view base, const Event& event,
                  std::string& out) {
  out += fmt::format(
      R"(,{{"name":"notification-event","part":[{{"name":"event-number","valueString":"{}"}},)"
      R"({{"name":"timestamp","valueInstant":"{}"}})",
      event.number, format_instant(event.time));
  if (subscription.content != Content::empty)
    out += fmt::format(R"(,{{"name":"focus","valueReference":{{"reference":"{}/{}"}}}})", base,
                       event.focus);
  out += "]}";
}

}  // namespace

std::string status_text(const Subscription& subscription, std::string_view base, Told told,
                        uint64_t events_since_start, const std::vector<Event>& events) {
  std::string out = fmt::format(
      R"({{"resourceType":"Parameters","id":"{}","meta":{{"profile":["http://hl7.org/fhir/uv/)"
      R"(subscriptions-backport/StructureDefinition/backport-subscription-status-r4"]}},"parameter":[)"
      R"({{"name":"subscription","valueReference":{{"reference":"{}/Subscription/{}"}}}})",
      random_uuid(), base, subscription.id);
  if (!subscription.topic.empty()) {
    out += R"(,{"name":"topic","valueCanonical":)";
    json::print_string(subscription.topic, out);
    out += '}';
  }
  out +=
      fmt::format(R"(,{{"name":"status","valueCode":"{}"}},{{"name":"type","valueCode":"{}"}},)"
                  R"({{"name":"events-since-subscription-start","valueString":"{}"}})",
                  subscription.status, told_names[static_cast<size_t>(told)], events_since_start);
  for (const Event& event : events)
    append_event(subscription, base, event, out);
  return out + "]}";
}

std::string bundle_text(const Subscription& subscription, std::string_view base, Told told,
                        uint64_t events_since_start, const std::vector<Event>& events,
                        Instant time) {
  const std::string status = status_text(subscription, base, told, events_since_start, events);
  std::string out = fmt::format(
      R"({{"resourceType":"Bundle","id":"{}","meta":{{"profile":["http://hl7.org/fhir/uv/)"
      R"(subscriptions-backport/StructureDefinition/backport-subscription-notification-r4"]}},)"
      R"("type":"history","timestamp":"{}","entry":[{{"fullUrl":"urn:uuid:{}","resource":{},)"
      R"("request":{{"method":"GET","url":"{}/Subscription/{}/$status"}},"response":{{"status":"200"}}}})",
      random_uuid(), format_instant(time), random_uuid(), status, base, subscription.id);
  if (subscription.content != Content::empty) {
    for (const Event& event : events) {
      out += fmt::format(R"(,{{"fullUrl":"{}/{}")", base, event.focus);
      if (subscription.content == Content::full && !event.body.empty())
        out += R"(,"resource":)" + event.body;
      out +=
          fmt::format(R"(,"request":{{"method":"{}","url":"{}"}},"response":{{"status":"{}"}}}})",
                      event.deleted ? "DELETE" : "PUT", event.focus, event.deleted ? "204" : "200");
    }
  }
  return out + "]}";
}

}  // namespace tasuki::server::subscription
