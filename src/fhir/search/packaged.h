// The search parameters that the installed packages bring: which are answered, which are not and
// why.
//
// Why: a guide that says how its records are to be searched is half installed when nobody can
// search so. Of one canonical in several packages it is the definition that the canonical means
// without a version (packages.h); of two with one code on one type, the first by canonical.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/model/added.h"
#include "fhir/model/packages.h"

namespace tasuki::fhir::search {

struct PackagedParameter {
  const PackageImage* package = nullptr;  // one of those that were given
  std::string url;
  std::optional<AddedParameter> parameter{};  // nothing: it is not answered
  std::string why_not{}, why_not_ja{};
};

// The same every time: it depends on nothing but the packages and R4's own parameters.
std::vector<PackagedParameter> packaged_parameters(const Definitions& definitions,
                                                   const Packages& packages);

// Do both answer to one code on one type?
bool collide(const AddedParameter& one, const AddedParameter& other);

}  // namespace tasuki::fhir::search
