// Profiles made ready: rules compiled, fixed values and patterns parsed, discriminators taken
// apart. Made when first asked for, kept with the snapshot of packages, shared by all threads.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/model/definitions.h"
#include "fhir/model/packages.h"
#include "fhir/path/expression.h"

namespace tasuki::fhir {

struct Invariant {
  const Constraint* source = nullptr;
  std::optional<path::Expression> expression;
  std::string fault;  // why there is no expression
};

// One step of a discriminator's path. FHIR R4 profiling.html#discriminator: the restricted
// FHIRPath.
struct PathStep {
  enum class Kind : uint8_t { child, resolve, of_type, extension };
  Kind kind = Kind::child;
  std::string name;  // of the child, type or extension
};

struct PreparedNode {
  const ProfileNode* source = nullptr;
  json::Value fixed, pattern, min_value, max_value;  // null: none
  std::vector<Invariant> invariants;
  std::vector<std::vector<PathStep>> discriminators;
  std::vector<PreparedNode> children, slices;

  const PreparedNode* child(std::string_view stem) const;
};

struct Profile {
  const PackageImage* package = nullptr;
  Structure structure;
  TypeId type = no_type;
  json::Arena arena;
  PreparedNode root;
};

// Of one type of R4: its own rules, and those of its elements by their place in
// Definitions::elements.
struct TypeRules {
  const PreparedNode* node = nullptr;
  std::vector<const PreparedNode*> elements;
};

class Profiles {
 public:
  Profiles(const Definitions& definitions, std::shared_ptr<const Packages> packages);

  const Definitions& definitions() const { return definitions_; }
  const Packages& packages() const { return *packages_; }

  // nullptr: in no installed package, or it could not be compiled.
  const Profile* find(std::string_view canonical, const PackageImage* from) const;
  // The node that "url#Composition.section:a" names: the root without a fragment; nullptr: no such
  // element.
  static const PreparedNode* part(const Profile& profile, std::string_view canonical);
  const TypeRules& rules(TypeId type) const;

 private:
  const Profile* prepare(Packages::Found found) const;
  void prepare(const ProfileNode& source, Profile& profile, PreparedNode& node) const;
  json::Value value_of(const std::string& text, Profile& profile) const;
  TypeRules rules_of(TypeId type) const;

  const Definitions& definitions_;
  std::shared_ptr<const Packages> packages_;
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<const PackageEntry*, std::unique_ptr<const Profile>> prepared_;
  // By what was asked: package and canonical.
  mutable std::unordered_map<std::string, const Profile*> asked_;
  struct Slot {
    std::once_flag once;
    TypeRules rules;
  };
  mutable std::deque<Slot> rules_;  // by TypeId
};

// The rules that the structural walk holds itself: ele-1, ext-1, dom-2, ref-1, the XHTML of txt-1.
bool is_structural_rule(std::string_view key);

}  // namespace tasuki::fhir
