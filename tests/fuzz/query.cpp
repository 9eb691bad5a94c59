// Any text is refused with a sentence or becomes a query whose self link means the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/search/match.h"
#include "fhir/search/query.h"
#include "fuzz_definitions.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  static const auto& definitions = fuzz_definitions();
  static const auto observation = json::parse(
      R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"s","code":"c"}],"text":"t"},)"
      R"("subject":{"reference":"Patient/1"},"effectiveDateTime":"2024-05-01","valueQuantity":{"value":1,"code":"mg"}})");
  const auto type = definitions.resource_type("Observation");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = fhir::search::parse(definitions, type, text);
  if (!query) {
    if (query.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto& criterion : query->criteria)
    (void)fhir::search::matches(definitions, *type, observation->root, criterion);
  if (query->self.size() > fhir::search::query_bytes_max) return 0;  // %-encoding may lengthen it
  const auto again = fhir::search::parse(definitions, type, query->self);
  if (!again || again->self != query->self || again->criteria.size() != query->criteria.size())
    std::abort();
  return 0;
}
