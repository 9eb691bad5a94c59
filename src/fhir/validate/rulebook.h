// Everything a verdict stands on, as one immutable snapshot: R4's definitions, the installed
// packages and their terminology. Installing a package makes a new one; whoever validates keeps the
// one it began with.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "fhir/model/packages.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/profiles.h"

namespace tasuki::fhir {

class Rulebook {
 public:
  // `terms`: the terminology image of each package, by "NAME#VERSION"; `core`: R4's own, may be
  // null.
  using Terms = std::map<std::string, terminology::Terminology::Image, std::less<>>;
  Rulebook(const Definitions& definitions, std::shared_ptr<const Packages> packages,
           std::shared_ptr<const terminology::Terminology> core, Terms terms);

  // R4's package file and the folder of installed ones; a missing folder has none.
  static Result<std::shared_ptr<const Rulebook>> open(
      const Definitions& definitions, const std::filesystem::path& core,
      const std::filesystem::path& folder,
      std::shared_ptr<const terminology::Terminology> core_terms);

  const Definitions& definitions() const { return definitions_; }
  const Packages& packages() const { return *packages_; }
  const Profiles& profiles() const { return profiles_; }

  // The value sets as the package and what it depends on define them; nullptr: all packages, newest
  // first.
  const terminology::Terminology& terms(const PackageImage* from) const;

 private:
  const Definitions& definitions_;
  std::shared_ptr<const Packages> packages_;
  Profiles profiles_;
  std::shared_ptr<const terminology::Terminology> core_;
  Terms images_;
  mutable std::mutex mutex_;
  mutable std::map<const PackageImage*, std::shared_ptr<const terminology::Terminology>> terms_;
};

}  // namespace tasuki::fhir
