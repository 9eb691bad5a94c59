// The definitions image for fuzz targets: of the build folder, or where TASUKI_IMAGE says (fuzz
// preset elsewhere).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "fhir/model/definitions.h"

inline const tasuki::fhir::Definitions& fuzz_definitions() {
  static const auto image = [] {
    const char* elsewhere = std::getenv("TASUKI_IMAGE");
    return tasuki::fhir::Definitions::open(
        elsewhere != nullptr ? std::filesystem::path(elsewhere)
                             : std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
  }();
  if (!image) {
    std::fprintf(stderr, "%s\n", image.error().message.c_str());
    std::abort();
  }
  return **image;
}
