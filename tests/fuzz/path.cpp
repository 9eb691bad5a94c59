// Any text is refused with a place or becomes an expression that answers, or says why not, in
// bounded time.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/path/expression.h"
#include "fuzz_definitions.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  static const auto& definitions = fuzz_definitions();
  static const auto patient = json::parse(
      R"({"resourceType":"Patient","id":"p","active":true,"name":[{"use":"official","family":"a","given":["b","c"]},)"
      R"({"family":"d"}],"birthDate":"1944-05-17","_birthDate":{"extension":[{"url":"u","valueCode":"v"}]},)"
      R"("contained":[{"resourceType":"Organization","id":"o","name":"e"}],"managingOrganization":{"reference":"#o"},)"
      R"("generalPractitioner":[{"reference":"Practitioner/1"}],"multipleBirthInteger":2})");
  const auto expression =
      fhir::path::Expression::compile(definitions, {reinterpret_cast<const char*>(data), size});
  if (!expression) {
    if (expression.error().message.empty() || expression.error().location.empty()) std::abort();
    return 0;
  }
  json::Arena arena;
  const auto item = fhir::path::root(definitions, patient->root);
  (void)expression->evaluate(item, item, arena);
  return 0;
}
