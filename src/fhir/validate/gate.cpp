#include "fhir/validate/gate.h"

#include <algorithm>

#include <fmt/core.h>

#include "fhir/validate/rulebook.h"

namespace tasuki::fhir {
namespace {

using Level = WritePolicy::Level;

constexpr std::pair<std::string_view, Level> level_names[] = {{"off", Level::off},
                                                              {"structure", Level::structure},
                                                              {"base", Level::base},
                                                              {"declared", Level::declared}};

// Does something of an inner element stand missing: "Questionnaire.item[0].item[0]"?
bool is_inner(std::string_view location) {
  return location.contains('.');
}

bool is_excused(const Finding& one) {
  return one.is_about_target ||
         (one.code == "required" && one.rule.empty() && is_inner(one.location));
}

}  // namespace

Result<Level> level_named(std::string_view name) {
  for (const auto& [known, level] : level_names) {
    if (known == name) return level;
  }
  return Error{
      Error::Kind::invalid,
      fmt::format("\"{}\" is no level of validation; off, structure, base and declared are.", name),
      {}};
}

const WritePolicy& Gate::policy_for(std::string_view writer) const {
  const auto found = writers.find(writer);
  return found == writers.end() ? usual : found->second;
}

std::vector<Finding> check_write(const Definitions& definitions, const Gate& gate,
                                 const WritePolicy& policy, const json::Value& resource) {
  std::vector<Finding> findings;
  if (policy.level == Level::off) return findings;
  const bool needs_rules = policy.level >= Level::base || !policy.required.empty();
  const auto rulebook = needs_rules ? gate.rulebook() : nullptr;
  if (rulebook == nullptr) {
    findings = validate(definitions, resource);
  } else {
    Options options;
    options.checks_declared = policy.level >= Level::declared;
    options.unknown_profile = policy.unknown_profile;
    for (const std::string& canonical : policy.required) {
      const Profile* profile = rulebook->profiles().find(canonical, nullptr);
      const bool is_for_it =
          profile == nullptr || profile->structure.type == resource.text_of("resourceType");
      if (is_for_it) options.profiles.push_back(canonical);
    }
    findings = validate(*rulebook, resource, options);
  }
  for (Finding& one : findings) {
    const bool is_kept = !policy.refuses || (policy.is_lenient && is_excused(one));
    if (is_kept && one.severity == Finding::Severity::error)
      one.severity = Finding::Severity::warning;
  }
  return findings;
}

}  // namespace tasuki::fhir
