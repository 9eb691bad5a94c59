// R4 alone, and the Japanese packages of the reference set, installed once into the build folder
// for all tests of the module.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "fhir/package/install.h"
#include "fhir/validate/rulebook.h"
#include "fhir/validate/validate.h"
#include "json/parse.h"

namespace tasuki::fhir {

inline const std::filesystem::path reference_folder = TASUKI_REFERENCE_FOLDER;
inline const std::filesystem::path build_folder = TASUKI_BUILD_FOLDER;

inline std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

inline std::shared_ptr<const terminology::Terminology> core_terms() {
  static const auto terms = [] {
    auto mapping = terminology::Mapping::open(build_folder / "tasuki-r4-terminology.image");
    CHECK(mapping.has_value());
    return terminology::Terminology::make({*mapping});
  }();
  return terms;
}

inline std::shared_ptr<const Rulebook> opened(const std::filesystem::path& folder) {
  auto rulebook = Rulebook::open(r4(), build_folder / "tasuki-r4.package", folder, core_terms());
  CHECK(rulebook.has_value());
  return *rulebook;
}

// FHIR R4 and nothing else.
inline const Rulebook& core() {
  static const auto rulebook = opened("");
  return *rulebook;
}

// An empty folder of packages under the build, for one test.
inline PackageFolder empty_folder(const std::string& name) {
  const auto folder = build_folder / "test-packages" / name;
  std::filesystem::remove_all(folder);
  return {build_folder / "tasuki-r4.package", folder};
}

// JP Core 1.1.2 and 1.2.0, CLINS 1.10.0, check-up 1.5.0 and the others, with their terminology.
inline const Rulebook& japan() {
  static const auto rulebook = [] {
    const PackageFolder place = empty_folder("japan");
    const auto jp = reference_folder / "jp";
    for (const char* name :
         {"packages/jp-core-1.1.2-url-snapshot.tgz", "definitions/jp-core-1.2.0",
          "packages/clins-1.10.0-snapshot.tgz", "packages/echeckup-1.5.0-snapshot.tgz",
          "packages/eprescription-data-snapshot.tgz", "packages/emunicipal-snapshot.tgz",
          "packages/pghd-phr-snapshot.tgz"}) {
      const auto added = add_package(r4(), place, jp / name);
      EXPECT_TRUE(added) << name << ": " << (added ? "" : added.error().message);
      if (!added) continue;
      for (const Omission& one : added->omissions)
        ADD_FAILURE() << name << ": " << one.url << ": " << one.why;
    }
    return opened(place.folder);
  }();
  return *rulebook;
}

}  // namespace tasuki::fhir
