// Packages in a folder: added, removed, compared. One package is two files, NAME#VERSION.package
// (structures) and NAME#VERSION.terminology; each is written beside and renamed, so that a reader
// meets whole files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/model/packages.h"
#include "fhir/package/package.h"
#include "fhir/search/packaged.h"

namespace tasuki::fhir {

struct PackageFolder {
  std::filesystem::path core;    // R4's own package file
  std::filesystem::path folder;  // of the installed ones; made when the first is added
};

struct Installed {
  PackageFacts facts;
  std::vector<PackageId> built_on{};  // the packages its canonicals are read from, nearest first
  size_t structures = 0, code_systems = 0, value_sets = 0, others = 0;
  std::vector<Omission> omissions{};
  std::vector<search::PackagedParameter> parameters{};
};

// `depends`: what it is to be built on, before what package.json says. A package that is there
// already is replaced.
Result<Installed> add_package(const Definitions& definitions, const PackageFolder& place,
                              const std::filesystem::path& source,
                              const std::vector<PackageId>& depends = {});

Result<void> remove_package(const PackageFolder& place, const PackageId& id);

}  // namespace tasuki::fhir
