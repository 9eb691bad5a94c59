// What profiles and rules ask of a resource, over what its structure allows: one walk of the
// document with R4's own rules, and for each declared or asked profile a walk of its tree.
//
// A walk may run silently, to decide which slice a value belongs to or whether a profile is met:
// then it stops at the first error. What was decided for one resource and profile is kept for the
// whole run, so that profiles that refer to each other cost each pair once.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/model/image.h"
#include "fhir/path/expression.h"
#include "fhir/validate/findings.h"
#include "fhir/validate/rulebook.h"
#include "fhir/validate/validate.h"

namespace tasuki::fhir {

// A value where it stands.
struct Instance {
  const json::Value* value = nullptr;    // nullptr: only the sibling is there
  const json::Value* sibling = nullptr;  // "_birthDate" beside "birthDate"
  TypeId type = no_type;
  const Element* element = nullptr;
  Place place;
};

// A resource inside others: a contained one in its container, an entry in its bundle.
struct Scope {
  const Scope* above = nullptr;
  const json::Value* resource = nullptr;
  TypeId type = no_type;
  const Place* place = nullptr;
  bool is_contained = false;
  const PackageImage* package = nullptr;  // in whose context canonicals are read
};

class Checker {
 public:
  Checker(const Rulebook& rulebook, const Options& options, Findings& findings)
      : rulebook_(rulebook),
        definitions_(rulebook.definitions()),
        quantity_(rulebook.definitions().type("Quantity").value_or(no_type)),
        options_(options),
        findings_(&findings) {}

  void check(const json::Value& root);

 private:
  enum class Binding : uint8_t { inside, outside, unknown };

  // R4's own rules, down the whole document. rules.cpp
  struct Holder {  // an object on the way down: what an extension in it stands on
    const Holder* above = nullptr;
    const json::Value* value = nullptr;
    TypeId type = no_type;
    const Element* element = nullptr;  // by which it was reached; nullptr: a resource
  };
  void resource(const json::Value& value, const Place& place, const Scope* above,
                bool is_contained);
  void declared(const json::Value& value, const Scope& scope, const Place& place);
  void asked(const Profile* profile, std::string_view canonical, const Instance& one,
             const Scope& scope, const Place& place, Finding::Severity unknown);
  void object(const Holder& holder, const Place& place, const Scope& scope);
  void member(const json::Member& one, const Holder& holder, const TypeRules& rules,
              const Place& place, const Scope& scope);
  void element(const Instance& one, const PreparedNode* rules, const Holder& holder,
               const Scope& scope);
  void extension(const Instance& one, const Holder& holder, const Scope& scope);
  void part_of_extension(const Instance& one, std::string_view url, const Holder& holder,
                         const Scope& scope);
  void context(const Instance& one, const Profile& profile, const Holder& holder);
  bool may_stand(const ExtensionContext& context, const Holder& holder) const;
  const PackageImage* package_for(const json::Value& value, const Scope* above) const;

  // A profile's tree. profile_check.cpp
  void profile(const Profile& profile, const Instance& one, const Scope& scope);
  void value(const PreparedNode& node, const Profile& profile, const Instance& one,
             const Scope& scope);
  void children(const PreparedNode& node, const Profile& profile, const Instance& one,
                const Scope& scope);
  void list(const PreparedNode& node, const Profile& profile, std::vector<Instance>& all,
            const Place& above, const Scope& scope);
  void count(const PreparedNode& node, const Profile& profile, size_t found, const Place& above,
             const PreparedNode* slicing);
  void types(const PreparedNode& node, const Profile& profile, const Instance& one,
             const Scope& scope);
  void type_profiles(const std::vector<std::string>& canonicals, const Profile& profile,
                     const PreparedNode& node, const Instance& one, const Scope& scope);
  void values(const PreparedNode& node, const Profile& profile, const Instance& one);
  void gather(const Instance& of, std::string_view stem, std::vector<Instance>& out) const;
  bool conforms(const Profile& profile, const Instance& one, const Scope& scope);
  struct Why {
    std::string english, japanese;
  };
  Why why_not(const Profile& profile, const Instance& one, const Scope& scope);

  // Slices. slices.cpp
  void slices(const PreparedNode& node, const PreparedNode& by, const Profile& profile,
              std::vector<Instance>& all, const Place& above, const Scope& scope);
  bool is_in_slice(const PreparedNode& slice, const PreparedNode& by, const Profile& profile,
                   const Instance& one, const Scope& scope);
  bool discriminates(const PreparedNode& slice, Discriminator::Kind kind,
                     const std::vector<PathStep>& path, const Profile& profile, const Instance& one,
                     const Scope& scope);
  bool meets(const PreparedNode& node, const Profile& profile, const Instance& one,
             const Scope& scope);
  struct Spot {  // what a slice says at the end of a discriminator's path
    const PreparedNode* node = nullptr;
    const Profile* profile = nullptr;
    const json::Value* wanted = nullptr;  // from a pattern above
    bool is_exact = false;
  };
  void spots(const Spot& from, std::span<const PathStep> path, const Scope& scope,
             std::vector<Spot>& out) const;
  void reach(const Instance& from, std::span<const PathStep> path, const Scope& scope,
             std::vector<Instance>& out);
  struct Trial {  // of the slices a value is not in, the one it misses by the fewest errors
    std::string slice;
    size_t errors = SIZE_MAX;
    std::vector<Finding> findings;
  };
  void near_miss(const PreparedNode& node, const PreparedNode& by, const Profile& profile,
                 const Instance& one, const Scope& scope);  // near_miss.cpp
  void try_slice(const PreparedNode& slice, const Spot& spot, const Instance& value,
                 const Scope& scope, Trial& nearest);
  static std::string slice_words(const PreparedNode& slice, const PreparedNode& by);

  // Rules and codes. meaning of one value. rules_of_value.cpp
  void invariants(const PreparedNode& node, std::string_view profile, const Instance& one,
                  const Scope& scope);
  path::Environment environment_of(const Scope& scope);
  void binding(const PreparedNode& node, std::string_view profile, const Instance& one,
               const Scope& scope);
  Binding is_bound(std::string_view value_set, const Instance& one, const Scope& scope) const;

  // References and bundles. targets.cpp, bundle.cpp
  struct Target {
    const json::Value* resource = nullptr;  // nullptr: not here
    TypeId type = no_type;                  // as far as it is known
    bool is_contained = false;
    const Scope* above = nullptr;  // of the resource: its container, or the bundle
  };
  Target target(const json::Value& reference, const Scope& scope);
  Target in_bundle(std::string_view reference, const Scope& scope);
  void targets(const PreparedNode& node, const Profile& profile, const Instance& one,
               const Scope& scope);
  void bundle(const json::Value& value, const Place& place, const Scope& scope);
  void search_set(const json::Value& value, const Place& place);
  void reference_in_bundle(const Instance& one, const Scope& scope);

  // What the standard says in words about single types. special.cpp
  void special(const json::Value& value, const Place& place, const Scope& scope);
  void special_value(const Instance& one, const Holder& holder, const Scope& scope);
  void coded(const Instance& one, const Scope& scope);
  void display(const Instance& one, const terminology::Terminology& terms);
  void attachment(const Instance& one);
  void embedded_html(const Instance& one);
  void value_set(const json::Value& value, const Place& place, const Scope& scope);
  void code_system(const json::Value& value, const Place& place);

  // Definitions as resources. definition.cpp
  void structure_definition(const json::Value& value, const Place& place, const Scope& scope);
  void concept_map(const json::Value& value, const Place& place, const Scope& scope);
  void mapped(const json::Value& one, std::string_view value_set, std::string_view system,
              const Place& place, const Scope& scope);
  void filters(const json::Value& include, const Place& place, const Scope& scope);

  // Answers against their questionnaire. answers.cpp
  void answers(const json::Value& value, const Place& place, const Scope& scope);
  struct BundleIndex {
    std::unordered_map<std::string_view, std::vector<const json::Value*>> by_url;  // entries
    std::unordered_map<std::string, std::vector<const json::Value*>> by_id;        // "Patient/1"
    std::unordered_map<const json::Value*, std::string_view> url_of;               // of a resource
  };
  const BundleIndex& index_of(const json::Value& bundle);

  // The same package's terminology is asked for code after code: looked up once.
  const terminology::Terminology& terms_of(const Scope& scope) const {
    if (last_terms_ == nullptr || last_package_ != scope.package) {
      last_terms_ = &rulebook_.terms(scope.package);
      last_package_ = scope.package;
    }
    return *last_terms_;
  }

  // A silent walk in place of a loud one.
  template <class Walk>
  bool silently(Walk&& walk) {
    Findings quiet(1);
    Findings* const loud = std::exchange(findings_, &quiet);
    ++silent_;
    walk();
    --silent_;
    findings_ = loud;
    return !quiet.has_errors();
  }
  bool is_done() const { return findings_->is_full() || (is_silent() && findings_->has_errors()); }
  bool is_silent() const { return silent_ > 0; }
  const Rulebook& rulebook_;
  const Definitions& definitions_;
  const TypeId quantity_;
  const Options& options_;
  Findings* findings_;
  int silent_ = 0;
  bool explains_ = false;  // a near miss: what else it misses on the way is not gone into
  int depth_ = 0;
  std::map<std::pair<const json::Value*, const Profile*>, bool> decided_;
  std::unordered_map<const json::Value*, std::unique_ptr<BundleIndex>> bundles_;
  json::Arena arena_;
  mutable const terminology::Terminology* last_terms_ = nullptr;
  mutable const PackageImage* last_package_ = nullptr;
};

// Of what HL7 publishes, all codes are here.
inline bool is_of_hl7(std::string_view system) {
  return system.starts_with("http://hl7.org/fhir/") ||
         system.starts_with("http://terminology.hl7.org/") || system.starts_with("urn:iso-astm:");
}

}  // namespace tasuki::fhir
