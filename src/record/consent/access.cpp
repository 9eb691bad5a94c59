#include "record/consent/access.h"

#include <algorithm>

namespace tasuki::record {

bool Access::admits(uint64_t owner, uint64_t subject) const {
  const Role role = grounds_.principal.role;
  if (role == Role::system) return true;
  if (subject == 0) return true;
  if (role == Role::patient)
    return std::ranges::find(grounds_.own_subjects, subject) != grounds_.own_subjects.end();
  if (owner != 0 && owner == admitted_owner()) return true;
  if (role == Role::feed) return false;
  return by_rule(owner, subject).value_or(false);
}

uint64_t Access::admitted_owner() const {
  return grounds_.principal.role == Role::patient ? 0 : grounds_.own;
}

bool Access::is_closed(uint64_t owner, uint64_t subject) const {
  return by_rule(owner, subject).has_value() && !admits(owner, subject);
}

store::Admits Access::predicate() const {
  if (grounds_.principal.role == Role::system) return {};
  return [this](uint64_t owner, uint64_t subject) { return admits(owner, subject); };
}

std::optional<bool> Access::by_rule(uint64_t owner, uint64_t subject) const {
  const auto* rules = grounds_.policies->rules_of(subject);
  return rules == nullptr ? std::nullopt : decide(*rules, grounds_.asker, name_of_owner(owner));
}

const std::string& Access::name_of_owner(uint64_t owner) const {
  const auto found = names_.find(owner);
  if (found != names_.end()) return found->second;
  return names_.emplace(owner, grounds_.owner_name(owner)).first->second;
}

}  // namespace tasuki::record
