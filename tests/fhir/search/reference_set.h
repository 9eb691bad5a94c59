// The definitions image of this build and the official R4 examples, for the tests of path and
// search.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "fhir/model/definitions.h"
#include "json/parse.h"

namespace tasuki::fhir::testing {

inline const Definitions& definitions() {
  static const auto image =
      Definitions::open(std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
  EXPECT_TRUE(image) << image.error().message;
  return **image;
}

inline std::string file_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline json::Document document(std::string_view text) {
  auto parsed = json::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message << " " << parsed.error().location;
  return parsed ? *std::move(parsed) : json::Document{};
}

// Empty where the set is absent.
inline std::vector<std::filesystem::path> example_files() {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  const auto folder = std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "fhir-examples-r4";
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

}  // namespace tasuki::fhir::testing
