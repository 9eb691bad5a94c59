// What one document cannot decide: chains, _has, hierarchies of references. Asked of the store for
// the same reader, so that what may not be seen decides nothing.
//
// Few resources on the far side become references to look up; where they are too many, each
// document on the near side is asked for its own. FHIR R4 search.html#chaining, #has, #recursive
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "fhir/search/match.h"
#include "record/finder.h"

namespace tasuki::record {

constexpr size_t far_side_max = 5000;     // resources that become references to look up
constexpr size_t far_side_few = 16;       // where the store tells who everything is about
constexpr size_t near_side_max = 20'000;  // documents asked for _has one by one; beyond: too costly

// Of one page: it remembers the criteria of its query by their address.
class Elsewhere {
 public:
  explicit Elsewhere(Finder& finder) : finder_(finder) {}

  // The resources that must be referred to, or that _has means; nothing: too many.
  Result<std::optional<std::vector<Target>>> targets(fhir::TypeId type,
                                                     const fhir::search::Criterion& criterion);
  bool holds(const fhir::search::Subject& subject, const fhir::search::Criterion& criterion);

  // The first thing that went wrong in holds(), which cannot tell.
  const std::optional<Error>& error() const { return error_; }

 private:
  using Known = std::optional<std::set<Target>>;

  Result<const Known*> known(fhir::TypeId type, const fhir::search::Criterion& criterion);
  Result<Known> find(fhir::TypeId type, const fhir::search::Criterion& criterion);
  Result<Known> find_referred(fhir::TypeId type, const fhir::search::Criterion& criterion);
  Result<Known> find_referring(fhir::TypeId type, const fhir::search::Criterion& criterion);
  Result<Known> find_family(const fhir::search::Criterion& criterion);
  Result<std::optional<std::vector<store::Version>>> far_side(
      const fhir::search::Criterion& criterion, size_t place, size_t count_max);
  Result<size_t> count_max(fhir::TypeId type, const fhir::search::Criterion& criterion);
  Result<bool> asked_of(const fhir::search::Subject& subject,
                        const fhir::search::Criterion& criterion);
  Result<bool> leads_to(const Target& target, const fhir::search::Criterion& criterion,
                        size_t place);
  Result<bool> is_referred_to(const fhir::search::Subject& subject,
                              const fhir::search::Criterion& criterion);

  Finder& finder_;
  std::map<const fhir::search::Criterion*, Known> known_;
  std::map<std::pair<const fhir::search::Criterion*, Target>, bool> led_;
  size_t asked_ = 0;
  std::optional<Error> error_;
};

}  // namespace tasuki::record
