// A definition that is itself the resource under judgement: can it be used as it stands?
//
// A profile that cannot be built says nothing about anybody's resources, and a map or value set
// that speaks of codes nobody defines never matches; both are found when they are written rather
// than when they are needed. FHIR R4 profiling.html, conceptmap.html, valueset.html
#include <fmt/core.h>

#include "fhir/package/profile_tree.h"
#include "fhir/validate/checker.h"
#include "fhir/validate/walker.h"
#include "json/print.h"

namespace tasuki::fhir {
namespace {

using Severity = Finding::Severity;
using terminology::Truth;

std::span<const json::Value> list_of(const json::Value& value, std::string_view name) {
  const json::Value* list = value.find(name);
  return list == nullptr ? std::span<const json::Value>() : list->items();
}

// What is fixed stays fixed in what derives from it.
const ProfileNode* refixed(const ProfileNode& base, const ProfileNode& derived) {
  if (!base.fixed.empty() && !derived.fixed.empty() && base.fixed != derived.fixed) return &derived;
  for (const ProfileNode& child : derived.children) {
    const ProfileNode* above = base.child(child.name);
    const ProfileNode* found = above == nullptr ? nullptr : refixed(*above, child);
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::string_view text_of_either(const json::Value& value, const char* one, const char* other) {
  const std::string_view text = value.text_of(one);
  return text.empty() ? value.text_of(other) : text;
}

}  // namespace

void Checker::structure_definition(const json::Value& value, const Place& place,
                                   const Scope& scope) {
  const std::string_view base = value.text_of("baseDefinition");
  if (value.text_of("derivation") != "constraint" || is_silent()) return;
  const FindStructure find = [&](std::string_view canonical) -> const Structure* {
    const Profile* found = rulebook_.profiles().find(canonical, scope.package);
    return found == nullptr ? nullptr : &found->structure;
  };
  const Structure* above = find(base);
  if (above == nullptr) return;  // of a package that is not here
  const auto built = build_profile(definitions_, value, find);
  if (!built) {
    findings_->add(place, Problem::structure_not_built, {built.error().message}, Severity::error,
                   {});
    return;
  }
  if (const ProfileNode* node = refixed(above->root, built->root)) {
    findings_->add(place, Problem::fixed_anew, {node->id, shown(node->fixed), base},
                   Severity::error, {});
  }
}

void Checker::concept_map(const json::Value& value, const Place& place, const Scope& scope) {
  const std::string_view sources = text_of_either(value, "sourceCanonical", "sourceUri");
  const std::string_view targets = text_of_either(value, "targetCanonical", "targetUri");
  int group_at = 0;
  for (const json::Value& group : list_of(value, "group")) {
    const Place group_place{&place, "group", group_at++};
    int at = 0;
    for (const json::Value& element : list_of(group, "element")) {
      const Place here{&group_place, "element", at++};
      mapped(element, sources, group.text_of("source"), here, scope);
      int target_at = 0;
      for (const json::Value& target : list_of(element, "target")) {
        mapped(target, targets, group.text_of("target"), {&here, "target", target_at++}, scope);
      }
    }
  }
}

void Checker::mapped(const json::Value& one, std::string_view value_set, std::string_view system,
                     const Place& place, const Scope& scope) {
  const std::string_view code = one.text_of("code");
  if (code.empty() || system.empty()) return;
  const Place here{&place, "code", -1};
  const terminology::Terminology& terms = terms_of(scope);
  if (terms.is_code(system, code) == Truth::no) {
    // A warning: four of HL7's own maps name several codes at once, or codes that are gone.
    findings_->add(here, Problem::code_not_in_system, {shown(code), shown(system)},
                   Severity::warning, {});
  } else if (!value_set.empty() && terms.contains(value_set, system, code) == Truth::no) {
    // What is mapped from must be there; what it is mapped to may lie beside what was asked for.
    findings_->add(here, Problem::map_outside, {shown(code), value_set},
                   place.name == "element" ? Severity::error : Severity::warning, {});
  }
}

// A property that is a Coding is compared with "system#code".
void Checker::filters(const json::Value& include, const Place& place, const Scope& scope) {
  const auto* system = terms_of(scope).code_system(include.text_of("system"));
  if (system == nullptr) return;
  int at = 0;
  for (const json::Value& filter : list_of(include, "filter")) {
    const Place here{&place, "filter", at++};
    const std::string_view said = filter.text_of("value");
    if (filter.text_of("op") != "=" || said.contains('#')) continue;
    for (const json::Value& property : list_of(system->resource(), "property")) {
      if (property.text_of("code") == filter.text_of("property") &&
          property.text_of("type") == "Coding")
        findings_->add({&here, "value", -1}, Problem::filter_not_coding,
                       {property.text_of("code"), shown(said)}, Severity::error, {});
    }
  }
}

}  // namespace tasuki::fhir
