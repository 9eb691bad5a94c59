#include "server/subscription/deliver.h"

#include "net/http_client.h"
#include "net/smtp.h"

namespace tasuki::server::subscription {
namespace {

Result<void> hook(const Subscription& subscription, std::string_view method, const std::string& url,
                  std::string_view body, std::vector<net::Header> headers = {}) {
  headers.insert(headers.begin(), subscription.headers.begin(), subscription.headers.end());
  if (!body.empty()) headers.emplace_back("Content-Type", "application/fhir+json");
  const net::HttpResponse answer = TRY(net::send_http(method, url, headers, body));
  if (answer.status >= 200 && answer.status < 300) return {};
  return Error{Error::Kind::unavailable,
               fmt::format("The endpoint answered with status {}.", answer.status),
               {}};
}

// R4: with a payload the resource is put to the endpoint, without it is only told that something
// happened. subscription.html "rest-hook". R4 has no place for an event's number; in a header it
// shows what came twice and what is missing.
Result<void> hook_r4(const Subscription& subscription, const Notice& notice) {
  for (const Event& event : notice.events) {
    const std::vector<net::Header> number = {
        {"X-Subscription-Event", fmt::format("{}/{}", subscription.id, event.number)}};
    if (subscription.payload.empty() || event.body.empty()) {
      TRY(hook(subscription, "POST", subscription.endpoint, {}, number));
      continue;
    }
    std::string url = subscription.endpoint;
    if (!url.ends_with('/')) url += '/';
    TRY(hook(subscription, "PUT", url + event.focus, event.body, number));
  }
  return {};
}

// No patient's data goes through the mail: only that there is something to look at.
Result<void> mail(const SubscriptionSettings& settings, const Subscription& subscription,
                  std::string_view base, const Notice& notice) {
  std::string text = fmt::format(
      "{0} 件のお知らせがあります。サインインしてご覧ください。\n"
      "{0} new event(s). Please sign in to see them.\n\n{1}/Subscription/{2}\n",
      notice.events.size(), base, subscription.id);
  return net::send_mail(settings.mail_relay, {.from = settings.mail_from,
                                              .to = subscription.endpoint.starts_with("mailto:")
                                                        ? subscription.endpoint.substr(7)
                                                        : subscription.endpoint,
                                              .subject = "Tasuki: お知らせ",
                                              .text = std::move(text)});
}

std::string notice_bundle(const Subscription& subscription, std::string_view base,
                          const Notice& notice) {
  return bundle_text(subscription, base, notice.told, notice.events_since_start, notice.events,
                     now());
}

}  // namespace

Result<void> check_endpoint(const SubscriptionSettings& settings,
                            const Subscription& subscription) {
  if (subscription.channel == Channel::websocket) return {};  // who listens comes to us
  if (subscription.channel == Channel::email) {
    if (!settings.mail_relay.empty()) return {};
    return Error{Error::Kind::forbidden, "The settings name no mail relay.",
                 "Subscription.channel.type"};
  }
  const bool allowed = std::ranges::any_of(settings.endpoints, [&](const std::string& prefix) {
    return subscription.endpoint.starts_with(prefix);
  });
  if (!allowed)
    return Error{Error::Kind::forbidden,
                 "The settings [subscription] endpoints do not allow this endpoint.",
                 "Subscription.channel.endpoint"};
  TRY(net::parse_url(subscription.endpoint));
  return {};
}

Result<void> deliver(const SubscriptionSettings& settings, const Subscription& subscription,
                     std::string_view base, const Notice& notice) {
  if (subscription.channel == Channel::email)
    return notice.events.empty() ? Result<void>() : mail(settings, subscription, base, notice);
  if (subscription.topic.empty()) return hook_r4(subscription, notice);
  return hook(subscription, "POST", subscription.endpoint,
              notice_bundle(subscription, base, notice));
}

std::vector<std::string> socket_texts(const Subscription& subscription, std::string_view base,
                                      const Notice& notice) {
  if (!subscription.topic.empty()) return {notice_bundle(subscription, base, notice)};
  return std::vector<std::string>(notice.events.size(), "ping " + subscription.id);
}

}  // namespace tasuki::server::subscription
