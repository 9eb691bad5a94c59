#include "server/subscription/subscription.h"

#include <charconv>

#include "base/utf8.h"
#include "fhir/search/match.h"
#include "server/api/operation/pages.h"

namespace tasuki::server::subscription {
namespace {

constexpr std::string_view backport =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::string_view topic_extension =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.";
constexpr size_t events_at_once_max = 100;
constexpr size_t filters_max = 20;

struct ChannelName {
  std::string_view name;
  Channel channel;
};
constexpr ChannelName channel_names[] = {{"rest-hook", Channel::rest_hook},
                                         {"websocket", Channel::websocket},
                                         {"email", Channel::email}};

Error wrong(std::string message, std::string_view where) {
  return {Error::Kind::invalid, std::move(message), std::string(where)};
}

const json::Value* extension_of(const json::Value* element, std::string_view base,
                                std::string_view name) {
  const json::Value* list = element == nullptr ? nullptr : element->find("extension");
  if (list == nullptr) return nullptr;
  for (const json::Value& each : list->items()) {
    const auto url = each.text_of("url");
    if (url.size() == base.size() + name.size() && url.starts_with(base) && url.ends_with(name))
      return &each;
  }
  return nullptr;
}

std::string_view value_text(const json::Value* extension) {
  if (extension == nullptr) return {};
  for (const json::Member& member : extension->members())
    if (member.name.starts_with("value")) return member.value.text();
  return {};
}

size_t number_or(std::string_view text, size_t otherwise) {
  size_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_backport(const json::Value& resource, std::string_view criteria) {
  return criteria.contains("://") ||
         extension_of(resource.find("_criteria"), backport, "backport-filter-criteria") != nullptr;
}

Result<void> read_filters(const fhir::Definitions& definitions, const json::Value& resource,
                          Subscription& subscription) {
  const json::Value* criteria = resource.find("_criteria");
  const json::Value* list = criteria == nullptr ? nullptr : criteria->find("extension");
  if (list == nullptr) return {};
  for (const json::Value& each : list->items()) {
    if (!each.text_of("url").ends_with("backport-filter-criteria")) continue;
    if (subscription.filters.size() == filters_max)
      return wrong("Too many filters.", "Subscription.criteria.extension");
    subscription.filters.push_back(TRY(parse_criteria(definitions, value_text(&each))));
  }
  return {};
}

Result<void> read_content(const json::Value& channel, Subscription& subscription) {
  const auto text =
      value_text(extension_of(channel.find("_payload"), backport, "backport-payload-content"));
  if (text == "full-resource") {
    subscription.content = Content::full;
  } else if (text == "id-only" || text.empty()) {
    subscription.content = Content::id_only;
  } else if (text != "empty") {
    return wrong("The payload content is empty, id-only or full-resource.",
                 "Subscription.channel.payload");
  }
  subscription.heartbeat = std::chrono::seconds(
      number_or(value_text(extension_of(&channel, backport, "backport-heartbeat-period")), 0));
  subscription.events_at_once = std::clamp<size_t>(
      number_or(value_text(extension_of(&channel, backport, "backport-max-count")), 1), 1,
      events_at_once_max);
  return {};
}

Result<void> read_channel(const json::Value& channel, Subscription& subscription) {
  const auto type = channel.text_of("type");
  const auto* known = std::ranges::find(channel_names, type, &ChannelName::name);
  if (known == std::end(channel_names))
    return Error{Error::Kind::unsupported,
                 fmt::format("The channel \"{}\" is not served: rest-hook, websocket or email.",
                             utf8::head(type, 32)),
                 "Subscription.channel.type"};
  subscription.channel = known->channel;
  subscription.endpoint = channel.text_of("endpoint");
  subscription.payload = channel.text_of("payload");
  const bool json = subscription.payload.empty() || subscription.payload.contains("json");
  if (!json && subscription.channel != Channel::email)
    return Error{Error::Kind::unsupported, "The payload is application/fhir+json or none.",
                 "Subscription.channel.payload"};
  if (subscription.channel == Channel::rest_hook && !subscription.endpoint.starts_with("http"))
    return wrong("A rest-hook needs an endpoint of http: or https:.",
                 "Subscription.channel.endpoint");
  if (const json::Value* headers = channel.find("header")) {
    for (const json::Value& header : headers->items()) {
      const auto text = header.text();
      const size_t colon = text.find(':');
      if (colon == std::string_view::npos || colon == 0 ||
          text.find_first_of("\r\n") != std::string_view::npos)
        return wrong("A header is \"Name: value\".", "Subscription.channel.header");
      auto value = text.substr(colon + 1);
      while (value.starts_with(' '))
        value.remove_prefix(1);
      subscription.headers.emplace_back(text.substr(0, colon), value);
    }
  }
  return {};
}

Result<Trigger> read_trigger(const fhir::Definitions& definitions, const json::Value& extension) {
  Trigger trigger{.query = {}, .create = false, .update = false, .remove = false};
  std::string type, criteria;
  for (const json::Value& each : extension.find("extension")->items()) {
    const auto url = each.text_of("url");
    const auto text = value_text(&each);
    if (url == "resource") type = text.substr(text.rfind('/') + 1);
    if (url == "supportedInteraction" && text == "create") trigger.create = true;
    if (url == "supportedInteraction" && text == "update") trigger.update = true;
    if (url == "supportedInteraction" && text == "delete") trigger.remove = true;
    if (url == "queryCriteria" && each.find("extension") != nullptr)
      for (const json::Value& part : each.find("extension")->items())
        if (part.text_of("url") == "current") criteria = value_text(&part);
  }
  if (!trigger.create && !trigger.update && !trigger.remove) trigger.create = trigger.update = true;
  if (!criteria.contains('?')) criteria = type + (criteria.empty() ? "" : "?" + criteria);
  trigger.query = TRY(parse_criteria(definitions, criteria));
  return trigger;
}

bool holds(const fhir::Definitions& definitions, fhir::TypeId type, const json::Value& body,
           const fhir::search::Query& query) {
  return std::ranges::all_of(query.criteria, [&](const auto& criterion) {
    return fhir::search::matches(definitions, type, body, criterion);
  });
}

}  // namespace

Result<fhir::search::Query> parse_criteria(const fhir::Definitions& definitions,
                                           std::string_view text) {
  const size_t mark = text.find('?');
  const auto types = TRY(api::types_of(definitions, {std::string(text.substr(0, mark))}));
  auto query = TRY(fhir::search::parse(
      definitions, types.front(),
      mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1)));
  for (const auto& criterion : query.criteria)
    if (criterion.reverse || !criterion.chain.empty())
      return Error{Error::Kind::unsupported,
                   "A subscription's criteria are about the resource itself: no chains, no _has.",
                   "Subscription.criteria"};
  return query;
}

Result<Subscription> parse_subscription(const fhir::Definitions& definitions,
                                        const json::Value& resource, const FindTopic& find_topic) {
  Subscription subscription;
  subscription.id = resource.text_of("id");
  subscription.status = resource.text_of("status");
  const auto end = resource.text_of("end");
  if (!end.empty()) subscription.end = parse_instant(end);
  const auto criteria = resource.text_of("criteria");
  const json::Value* channel = resource.find("channel");
  if (channel == nullptr) return wrong("There is no channel.", "Subscription.channel");
  if (is_backport(resource, criteria)) {
    subscription.topic = criteria;
    subscription.triggers = TRY(find_topic(criteria));
    TRY(read_filters(definitions, resource, subscription));
    TRY(read_content(*channel, subscription));
  } else {
    subscription.triggers.push_back({.query = TRY(parse_criteria(definitions, criteria))});
  }
  TRY(read_channel(*channel, subscription));
  return subscription;
}

Result<Topic> parse_topic(const fhir::Definitions& definitions, const json::Value& basic) {
  Topic topic;
  topic.url = value_text(extension_of(&basic, topic_extension, "url"));
  const json::Value* list = basic.find("extension");
  if (topic.url.empty() || list == nullptr) return wrong("It is no topic.", "Basic.extension");
  for (const json::Value& each : list->items())
    if (each.text_of("url").ends_with("SubscriptionTopic.resourceTrigger") &&
        each.find("extension") != nullptr)
      topic.triggers.push_back(TRY(read_trigger(definitions, each)));
  if (topic.triggers.empty()) return wrong("The topic has no resourceTrigger.", "Basic.extension");
  return topic;
}

bool concerns(const fhir::Definitions& definitions, const Subscription& subscription,
              fhir::TypeId type, bool created, bool deleted, const json::Value* body) {
  const bool triggered = std::ranges::any_of(subscription.triggers, [&](const Trigger& trigger) {
    if (trigger.query.types.empty() || trigger.query.types.front() != type) return false;
    if (deleted) return trigger.remove;
    if (!(created ? trigger.create : trigger.update)) return false;
    return body != nullptr && holds(definitions, type, *body, trigger.query);
  });
  if (!triggered) return false;
  return std::ranges::all_of(subscription.filters, [&](const fhir::search::Query& filter) {
    if (filter.types.front() != type || body == nullptr) return true;
    return holds(definitions, type, *body, filter);
  });
}

}  // namespace tasuki::server::subscription
