// A value set's compose, resolved: which system, which codes, which imports, what to leave out.
// FHIR R4 valueset.html#compositions.
//
// Why: "is it in" must cost a hash and a bit, not a walk through JSON. What could not be resolved
// stays here as a Problem, because each asker treats it differently: expansion fails, validation
// reports, a quick question answers "unknown".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/terminology/grammar.h"
#include "fhir/terminology/terminology.h"

namespace tasuki::fhir::terminology {

struct Problem {
  enum class Kind : uint8_t {
    unknown_system,   // no version of it is here
    unknown_version,  // others are
    unknown_value_set,
    version_not_allowed,  // check-system-version
    broken_filter,
    unknown_supplement,
    circular,
    too_costly,
  };
  Kind kind;
  std::string url, version;  // what is missing
  std::string message;
  std::string place;  // "ValueSet.compose.include[0].filter[0]"
};

struct Listed {
  std::string_view code, display;
  const json::Value* given = nullptr;  // the compose's concept: designations, extensions
};

struct Part {
  std::string_view url;      // of the system, under its own name; empty: imports only
  std::string_view version;  // as written
  const CodeSystem* system = nullptr;
  const Grammar* grammar = nullptr;  // instead of a system
  const Composed* common = nullptr;  // its usual codes, for lists
  bool is_listed = false, is_filtered = false;
  bool version_was_ruled = false;  // by a parameter, not by the value set
  std::string ruled_version;
  std::vector<Listed> listed;
  std::unordered_map<std::string_view, uint32_t> listed_by_code;  // of a long list only
  std::vector<bool> marks;                                        // by filters
  const json::Value* filters = nullptr;
  std::vector<std::shared_ptr<const Composed>> owned;
  std::vector<const Composed*> sets;
  const json::Value* given = nullptr;

  const Listed* find(std::string_view code) const;
};

struct Composed {
  const json::Value* resource = nullptr;
  std::string_view url, version;
  std::vector<Part> includes, excludes;
  bool inactive_too = true;
  bool is_stored = false;                // no compose; the includes are those of the expansion
  std::vector<std::string> supplements;  // extension valueset-supplement
  std::vector<Problem> problems;

  // system: already under its own name; empty means any.
  // only: of the systems of that name this version alone counts.
  Truth contains(std::string_view system, std::string_view code,
                 const CodeSystem* only = nullptr) const;
  std::string canonical() const;
};

struct Composition {
  const Terminology& terminology;
  const VersionRules& rules;
  VersionRules::Rule hint = {};  // a coding's own version: where the value set leaves it open
};

// The value set's own JSON must outlive what is made of it.
std::shared_ptr<const Composed> compose(const json::Value& value_set, const Composition& how);

// One filter over one system: sets the marks of the concepts that satisfy it.
struct Filter {
  std::string_view property, operation, value;
};
Result<std::vector<bool>> filtered(const CodeSystem& system, const Filter& filter);

// A system's property under the code this system gives it ("notSelectable" may be "abstract" here).
std::string_view property_code(const CodeSystem& system, std::string_view role);

}  // namespace tasuki::fhir::terminology
