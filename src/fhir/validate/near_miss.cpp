// Why a value belongs to none of the slices that are told apart by profile.
//
// An open list lets such a value pass, so one mistake in an entry takes it out of reach of the very
// rule that it breaks. What the nearest slice would have found is told for information: it changes
// no verdict. FHIR R4 profiling.html#discriminator, "profile".
#include <algorithm>

#include "fhir/validate/checker.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

constexpr size_t reasons_max = 10;

std::vector<std::string> profiles_of(const PreparedNode& node) {
  std::vector<std::string> all;
  for (const AllowedType& type : node.source->types)
    all.insert(all.end(), type.profiles.begin(), type.profiles.end());
  return all;
}

}  // namespace

void Checker::near_miss(const PreparedNode& node, const PreparedNode& by, const Profile& profile,
                        const Instance& one, const Scope& scope) {
  if (is_silent() || explains_) return;
  explains_ = true;
  Trial nearest;
  for (const PreparedNode& slice : node.slices) {
    for (size_t i = 0; i < by.source->discriminators.size(); ++i) {
      if (by.source->discriminators[i].kind != Discriminator::Kind::profile) continue;
      std::vector<Spot> said;
      spots({&slice, &profile, nullptr, false}, by.discriminators[i], scope, said);
      std::vector<Instance> found;
      reach(one, by.discriminators[i], scope, found);
      for (const Spot& spot : said) {
        for (const Instance& value : found)
          try_slice(slice, spot, value, scope, nearest);
      }
    }
  }
  explains_ = false;
  for (const Finding& reason : nearest.findings)
    findings_->add_reason(reason, node.source->name, nearest.slice);
}

void Checker::try_slice(const PreparedNode& slice, const Spot& spot, const Instance& value,
                        const Scope& scope, Trial& nearest) {
  if (spot.node == nullptr || value.value == nullptr) return;
  for (const std::string& canonical : profiles_of(*spot.node)) {
    const Profile* other = rulebook_.profiles().find(canonical, spot.profile->package);
    if (other == nullptr || !path::is_a(definitions_, value.type, other->type)) continue;
    Findings tried(reasons_max);
    Findings* const loud = std::exchange(findings_, &tried);
    this->profile(*other, value, scope);
    findings_ = loud;
    if (tried.error_count() >= nearest.errors) continue;
    nearest = {slice.source->slice, tried.error_count(), tried.take()};
  }
}

}  // namespace tasuki::fhir
