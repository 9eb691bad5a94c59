// The definitions and the mappings as shipped, opened once for all tests of this program.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "intake/convert.h"

namespace tasuki::intake::test {

inline std::shared_ptr<const fhir::Definitions> definitions() {
  static const std::shared_ptr<const fhir::Definitions> opened = [] {
    auto image =
        fhir::Definitions::open(std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
    if (!image) throw std::runtime_error(image.error().message);
    return std::shared_ptr<const fhir::Definitions>(std::move(*image));
  }();
  return opened;
}

inline std::filesystem::path mappings_folder() {
  return std::filesystem::path(TASUKI_TESTS_FOLDER) / "../mappings";
}

inline std::shared_ptr<const Mappings> mappings() {
  static const std::shared_ptr<const Mappings> loaded = [] {
    auto made = Mappings::load(mappings_folder(), definitions());
    if (!made) throw std::runtime_error(made.error().location + ": " + made.error().message);
    return *std::move(made);
  }();
  return loaded;
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

inline ConvertSettings hospital() {
  ConvertSettings settings;
  settings.facility = "1319999999";
  settings.facility_name = "連携病院";
  return settings;
}

}  // namespace tasuki::intake::test
