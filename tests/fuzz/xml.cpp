// Any bytes are refused or become a tree; what is FHIR in XML becomes JSON, and that the same XML
// again and again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/xml/xml.h"
#include "fuzz_definitions.h"
#include "json/value.h"
#include "xml/document.h"
#include "xml/print.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tree = xml::parse(text);
  if (!tree) return 0;
  std::string printed;
  xml::print(tree->root(), {}, printed);
  if (!xml::parse(printed)) std::abort();
  const auto first = fhir::from_xml(fuzz_definitions(), text);
  if (!first) return 0;
  const auto written = fhir::to_xml(fuzz_definitions(), first->root);
  if (!written) std::abort();
  const auto second = fhir::from_xml(fuzz_definitions(), *written);
  if (!second || !json::equal(first->root, second->root)) std::abort();
  return 0;
}
