// Any criteria, and any resource taken for a Subscription or a topic, is refused with a sentence or
// can be asked of a change.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fuzz_definitions.h"
#include "json/parse.h"
#include "server/subscription/subscription.h"

namespace {

using namespace tasuki;
using namespace tasuki::server::subscription;

void ask(const fhir::Definitions& definitions, const Subscription& subscription) {
  static const auto observation = json::parse(
      R"({"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"s","code":"c"}],"text":"t"},)"
      R"("subject":{"reference":"Patient/1"},"effectiveDateTime":"2024-05-01","valueQuantity":{"value":1,"code":"mg"}})");
  const auto type = *definitions.resource_type("Observation");
  (void)concerns(definitions, subscription, type, true, false, &observation->root);
  (void)concerns(definitions, subscription, type, false, true, nullptr);
}

template <class T>
bool is_told(const Result<T>& result) {
  return result || !result.error().message.empty();
}

void as_criteria(const fhir::Definitions& definitions, std::string_view text) {
  auto query = parse_criteria(definitions, text);
  if (!is_told(query)) std::abort();
  if (!query) return;
  Subscription subscription;
  subscription.triggers.push_back({.query = *std::move(query)});
  ask(definitions, subscription);
}

void as_resource(const fhir::Definitions& definitions, const json::Value& root) {
  auto topic = parse_topic(definitions, root);
  if (!is_told(topic)) std::abort();
  const auto find_topic = [&](std::string_view) -> Result<std::vector<Trigger>> {
    if (topic) return topic->triggers;
    return Error{Error::Kind::not_found, "There is no such topic.", {}};
  };
  const auto subscription = parse_subscription(definitions, root, find_topic);
  if (!is_told(subscription)) std::abort();
  if (subscription) ask(definitions, *subscription);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& definitions = fuzz_definitions();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = json::parse(text);
  if (document) as_resource(definitions, document->root);
  as_criteria(definitions, text);
  return 0;
}
