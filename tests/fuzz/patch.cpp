// Any bytes as a patch, in each of its three notations, against one patient: refused or applied,
// and what comes out can be printed.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/patch/patch.h"
#include "fuzz_definitions.h"
#include "json/parse.h"
#include "json/print.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view patient =
      R"({"resourceType":"Patient","active":true,"birthDate":"1970-01-01","_birthDate":{"id":"a"},)"
      R"("name":[{"family":"A","given":["B","C"]},{"text":"D"}],"contained":[{"resourceType":"Basic"}]})";
  const fhir::PatchLimits limits{.operations_max = 50, .nodes_max = 20'000};
  if (const auto patch = json::parse(text)) {
    auto target = json::parse(patient);
    if (fhir::apply_json_patch(*target, patch->root, limits) && json::print(target->root).empty())
      std::abort();
    target = json::parse(patient);
    if (fhir::apply_fhirpath_patch(fuzz_definitions(), *target, patch->root, limits) &&
        !json::parse(json::print(target->root)))
      std::abort();
  }
  const auto target = json::parse(patient);
  if (const auto after = fhir::apply_xml_patch(fuzz_definitions(), target->root, text, limits))
    if (!json::parse(json::print(after->root))) std::abort();
  return 0;
}
