// What persons have agreed to, as a table in memory that every search asks for every record it
// looks at.
//
// Default: a facility sees what it is itself responsible for. Across facilities nothing is seen
// until the person agrees (opt-in: security.md 2.5). Rules belong to a person, so they reach the
// records of every facility. The more specific rule decides, and where two are equally specific,
// the denial.
//
// Snapshots are copy-on-write in 256 parts: a reader holds one for a whole request, a Consent
// replaces one part.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "base/time.h"
#include "record/session.h"

namespace tasuki::record {

struct Rule {
  bool permit = false;
  bool strictest = false;  // a denial that no permission outranks
  std::vector<std::string>
      recipients;  // institution numbers that it is about; empty: every facility
  std::vector<std::string>
      owners;                     // facilities whose records it is about; empty: of every facility
  std::vector<Purpose> purposes;  // empty: every purpose
  Instant from = Instant::min(), to = Instant::max();
  bool operator==(const Rule&) const = default;
};

std::string print_rules(const std::vector<Rule>& rules);
Result<std::vector<Rule>> parse_rules(std::string_view json);

// Who asks.
struct Asker {
  std::string organisation;
  Purpose purpose = Purpose::treatment;
  Instant time;
};

// Nothing when no rule speaks of it.
std::optional<bool> decide(const std::vector<Rule>& rules, const Asker& asker,
                           std::string_view owner);

using Rules = std::shared_ptr<const std::vector<Rule>>;

class PolicySnapshot {
 public:
  const std::vector<Rule>* rules_of(uint64_t subject) const;

 private:
  friend class PolicyTable;
  using Part = std::unordered_map<uint64_t, Rules>;
  std::array<std::shared_ptr<const Part>, 256> parts_;
};

class PolicyTable {
 public:
  std::shared_ptr<const PolicySnapshot> snapshot() const;
  // The rules of all these subjects from now on; empty rules: none.
  void set(const std::vector<uint64_t>& subjects, std::vector<Rule> rules);
  void clear();

 private:
  Guarded<std::shared_ptr<const PolicySnapshot>> current_{std::make_shared<const PolicySnapshot>()};
};

}  // namespace tasuki::record
