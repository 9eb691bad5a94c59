// Any JSON is validated in bounded time, to at most a thousand findings, the same twice.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/validate/validate.h"
#include "fuzz_definitions.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  const auto document = json::parse({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  const auto first = fhir::validate(fuzz_definitions(), document->root);
  const auto second = fhir::validate(fuzz_definitions(), document->root);
  if (first.size() > 1000 || first.size() != second.size()) std::abort();
  return 0;
}
