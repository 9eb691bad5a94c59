// The installed packages side by side, and which of them a canonical means.
//
// Why: JP Core 1.1.2 and 1.2.0 share their canonicals, and CLINS, check-up and JP Core 1.1.2 each
// carry their own copy of some profiles. Load order must not decide: a canonical is resolved from
// where it was written.
//
//   1. "url|version" is that business version, or the package of that version.
//   2. Written in a package: that package, then what it depends on, then what those depend on.
//   3. Otherwise: the package to whose canonical base the url belongs, the newest version first.
//
// A snapshot: a change of the installed packages makes a new one. FHIR R4
// references.html#canonical.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "fhir/model/package_image.h"

namespace tasuki::fhir {

class Packages {
 public:
  using Image = std::shared_ptr<const PackageImage>;
  struct Found {
    const PackageImage* package = nullptr;
    const PackageEntry* entry = nullptr;
    explicit operator bool() const { return entry != nullptr; }
  };

  explicit Packages(std::vector<Image> images);

  // R4's own package and the installed ones, `folder`/NAME#VERSION.package.
  static Result<std::shared_ptr<const Packages>> open(const std::filesystem::path& core,
                                                      const std::filesystem::path& folder);

  std::span<const Image> all() const { return images_; }  // by name, oldest first
  const PackageImage* package(const PackageId& id) const;

  // `from`: the package in which the canonical was written, or that a person asked for; nullptr:
  // neither.
  Found find(std::string_view type, std::string_view canonical, const PackageImage* from) const;

  // What a package depends on, nearest first, itself left out. Where it names another version than
  // the installed ones, or none at all, what resolves most of its profiles.
  std::span<const PackageImage* const> dependencies(const PackageImage& package) const;

  // Installed versions of a canonical, newest first: for the words of a refusal.
  std::vector<Found> versions(std::string_view type, std::string_view url) const;

  // The nearest known canonical of a type of resource, for "did you mean".
  std::string_view nearest_url(std::string_view type, std::string_view url) const;

 private:
  void connect();
  const PackageImage* chosen(const PackageId& wanted) const;

  std::vector<Image> images_;
  std::unordered_map<const PackageImage*, std::vector<const PackageImage*>> dependencies_;
};

}  // namespace tasuki::fhir
