// The definitions the build compiled, opened once for all tests of the module.
#pragma once

#include <filesystem>
#include <memory>

#include "base/check.h"
#include "fhir/model/definitions.h"

namespace tasuki::fhir {

inline const Definitions& r4() {
  static const auto definitions = [] {
    auto opened = Definitions::open(std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
    CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return *definitions;
}

}  // namespace tasuki::fhir
