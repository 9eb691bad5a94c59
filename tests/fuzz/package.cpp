// Any bytes as a package: read within bounds or refused; what is read is compiled, and the image
// opens again.
#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.h"
#include "fhir/package/archive.h"
#include "fhir/package/package.h"
#include "fuzz_definitions.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto package = tasuki::fhir::read_package_bytes(bytes);
  if (!package) return 0;
  const auto compiled = tasuki::fhir::compile_package(fuzz_definitions(), *package,
                                                      [](std::string_view) { return nullptr; });
  CHECK(tasuki::fhir::PackageImage::over(std::as_bytes(std::span(compiled.bytes))));
  return 0;
}
