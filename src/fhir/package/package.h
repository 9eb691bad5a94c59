// A published package to its compiled image. https://hl7.org/fhir/packages.html
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "fhir/model/package_image.h"
#include "fhir/package/profile_tree.h"
#include "json/value.h"

namespace tasuki::fhir {

// A package as it was read: its facts and every resource in it.
struct Package {
  PackageFacts facts;
  std::vector<json::Document> documents;
};

// A .tgz file, or a folder that holds what one would (package.json beside the resources).
Result<Package> read_package(const std::filesystem::path& place);
Result<Package> read_package_bytes(std::string_view archive);

// What did not go into the image and why: logical models, structures whose base is nowhere.
struct Omission {
  std::string url, why;
};

struct Compiled {
  std::string bytes;
  std::vector<Omission> omissions;
};

// `outside`: structures of the packages it depends on, and R4's own.
Compiled compile_package(const Definitions& definitions, const Package& package,
                         const FindStructure& outside);

// R4's own profiles as the package hl7.fhir.r4.core#4.0.1, from the folder compile.h describes.
Result<std::string> compile_core_package(const Definitions& definitions,
                                         const std::filesystem::path& folder);

}  // namespace tasuki::fhir
