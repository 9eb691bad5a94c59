// Any text is refused with a place or becomes an expression that answers, or says why not, in
// bounded time; the strict check and a second document, without definitions, hold as well.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/path/expression.h"
#include "fuzz_definitions.h"
#include "json/parse.h"

namespace {

using namespace tasuki;

const json::Value& patient() {
  static const auto document = json::parse(
      R"({"resourceType":"Patient","id":"p","active":true,"name":[{"use":"official","family":"a","given":["b","c"]},)"
      R"({"family":"d"}],"birthDate":"1944-05-17","_birthDate":{"extension":[{"url":"u","valueCode":"v"}]},)"
      R"("contained":[{"resourceType":"Organization","id":"o","name":"e"}],"managingOrganization":{"reference":"#o"},)"
      R"("generalPractitioner":[{"reference":"Practitioner/1"}],"multipleBirthInteger":2,)"
      R"("extension":[{"url":"q","valueQuantity":{"value":1.5,"system":"http://unitsofmeasure.org","code":"mg"}},)"
      R"({"url":"d","valueDateTime":"2020-01-31T10:00:00+09:00"}]})");
  return document->root;
}

void ask(std::string_view text, const fhir::path::Item& item, const fhir::path::Options& options) {
  const auto& definitions = fuzz_definitions();
  const auto expression = fhir::path::Expression::compile(definitions, text, options);
  if (!expression) {
    if (expression.error().message.empty() || expression.error().location.empty()) std::abort();
    return;
  }
  fhir::path::Environment environment;
  environment.resource = item;
  environment.now = Instant(std::chrono::seconds(1'700'000'000));
  json::Arena arena;
  const auto items = expression->evaluate(item, environment, arena);
  if (!items) {
    if (items.error().message.empty()) std::abort();
    return;
  }
  for (const auto& each : *items)
    (void)fhir::path::text_of(definitions, each);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto item = fhir::path::root(fuzz_definitions(), patient());
  ask(text, item, {.any_variable = true});
  ask(text, item, {.is_strict = true, .context = item.type});
  ask(text, fhir::path::untyped(patient()), {.any_variable = true, .as_takes_many = true});
  return 0;
}
