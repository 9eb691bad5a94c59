// Any _filter is refused with a sentence, or becomes a tree that can be asked of a document.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/search/filter.h"
#include "fhir/search/match.h"
#include "fuzz_definitions.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  static const auto& definitions = fuzz_definitions();
  static const auto observation = json::parse(
      R"({"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"s","code":"c"}]},)"
      R"("subject":{"reference":"Patient/1"},"effectiveDateTime":"2024-05-01","valueQuantity":{"value":1,"code":"mg"}})");
  const auto type = definitions.resource_type("Observation");
  fhir::search::CriterionParser criteria(definitions);
  const auto filter = fhir::search::parse_filter(
      criteria, {&*type, 1}, std::string_view(reinterpret_cast<const char*>(data), size));
  if (!filter) {
    if (filter.error().message.empty()) std::abort();
    return 0;
  }
  const fhir::search::Subject subject{*type, "o", observation->root, 0};
  (void)fhir::search::matches(definitions, subject, *filter);
  return 0;
}
