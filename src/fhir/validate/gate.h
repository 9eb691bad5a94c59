// What a write must meet, by whom it comes from. FHIR R4 validation.html; decision on the default
// in docs/decisions.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate/current.h"
#include "fhir/validate/validate.h"

namespace tasuki::fhir {

struct WritePolicy {
  enum class Level : uint8_t {
    off,        // only that it is a resource of a known type
    structure,  // names, types, cardinality, formats, required codes, references
    base,       // and R4's own rules and bindings
    declared,   // and the profiles it declares
  };
  Level level = Level::structure;
  // Real records, the official examples among them, refer to a type that the definitions do not
  // list, or leave out what an inner element needs. Lenient: both are warned of and kept; strict:
  // refused.
  bool is_lenient = true;
  bool refuses = true;                // else every finding is a warning
  std::vector<std::string> required;  // profiles that must be met: of these one whose type it is
  Finding::Severity unknown_profile = Finding::Severity::error;
};

struct Gate {
  std::shared_ptr<CurrentRules> rules = nullptr;  // nullptr: structure alone
  WritePolicy usual;
  std::map<std::string, WritePolicy, std::less<>> writers;  // "feed:minato-hosp.adt"

  // As it stands now, to be kept for one verdict; nullptr: structure alone.
  std::shared_ptr<const Rulebook> rulebook() const {
    return rules == nullptr ? nullptr : rules->get();
  }
  const WritePolicy& policy_for(std::string_view writer) const;
};

// An error among the findings refuses the write.
std::vector<Finding> check_write(const Definitions& definitions, const Gate& gate,
                                 const WritePolicy& policy, const json::Value& resource);

Result<WritePolicy::Level> level_named(std::string_view name);

}  // namespace tasuki::fhir
