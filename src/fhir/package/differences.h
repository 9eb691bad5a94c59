// What moving from one version of a package to another would break: instances that were right and
// are not any more. What became looser breaks nothing and is left out.
#pragma once

#include <string>
#include <vector>

#include "fhir/model/package_image.h"

namespace tasuki::fhir {

struct Difference {
  bool breaks = true;     // else worth knowing
  std::string canonical;  // of the definition
  std::string element;    // id; empty: the definition as a whole
  std::string english, japanese;
};

std::vector<Difference> differences(const PackageImage& from, const PackageImage& to);

}  // namespace tasuki::fhir
