// May this reader see this record? Asked for each leaf, include, chain and total (security.md 2.8),
// so: no look-ups.
//
// By owner and subject alone: own facility, or the person has agreed, or the person themself, or
// shared data about no one. The role narrows by type before (roles.h).
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "record/consent/policy.h"
#include "store/store.h"

namespace tasuki::record {

// The subject of what is about no patient and not shared: its own organisation alone sees it. Also
// of what is about several patients at once, whose consents would all be needed.
constexpr std::string_view private_subject = "private";

struct AccessGrounds {
  Principal principal;
  Asker asker;
  uint64_t own = 0;  // owner number of the principal's organisation; 0: has written nothing
  std::vector<uint64_t> own_subjects;  // of a patient: the numbers of their records
  std::shared_ptr<const PolicySnapshot> policies;
  std::function<std::string(uint64_t owner)> owner_name;
};

class Access {
 public:
  explicit Access(AccessGrounds grounds) : grounds_(std::move(grounds)) {}

  bool admits(uint64_t owner, uint64_t subject) const;
  // Denied by a rule of the person's, rather than for want of one: then not even the facility is
  // named.
  bool is_closed(uint64_t owner, uint64_t subject) const;
  store::Admits predicate() const;  // borrows this; empty when everything is admitted
  uint64_t admitted_owner() const;  // all of whose records are admitted; 0: nobody's

  // The organisation's number, where it had none when this was made: its first write may be under
  // way.
  void learn_own(uint64_t number) {
    if (grounds_.own == 0) grounds_.own = number;
  }
  bool knows_own() const { return grounds_.own != 0 || grounds_.principal.organisation.empty(); }

 private:
  std::optional<bool> by_rule(uint64_t owner, uint64_t subject) const;
  const std::string& name_of_owner(uint64_t owner) const;

  AccessGrounds grounds_;
  mutable std::unordered_map<uint64_t, std::string> names_;
};

}  // namespace tasuki::record
