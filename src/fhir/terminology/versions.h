// Which version of a code system is meant. FHIR R4 valueset-operation-expand (system-version,
// check-system-version, force-system-version); references.html#canonical.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasuki::fhir::terminology {

// "1.2.0" before "1.10.0"; numbers by value, words by letter; a longer one is newer.
bool is_older(std::string_view left, std::string_view right);

// "1.x.x" and "1.*" match 1.0.0; without a wildcard only the same text matches.
bool is_wildcard(std::string_view version);
bool matches_version(std::string_view pattern, std::string_view version);

struct Canonical {
  std::string_view url, version;
  static Canonical of(std::string_view text);
};

// What a request says about versions.
struct VersionRules {
  struct Rule {
    std::string url, version;
  };
  std::vector<Rule> defaults, checks, forces, value_sets;

  bool empty() const {
    return defaults.empty() && checks.empty() && forces.empty() && value_sets.empty();
  }
  static std::string_view find(const std::vector<Rule>& rules, std::string_view url);
};

}  // namespace tasuki::fhir::terminology
