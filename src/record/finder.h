// Questions put to the store for one reader: plan, admit, verify, chain, include.
#pragma once

#include <string>
#include <vector>

#include "record/consent/access.h"
#include "record/index/plan.h"
#include "record/inside.h"

namespace tasuki::record {

constexpr size_t chain_targets_max = 5000;  // of one step of a chain; beyond: too costly
constexpr size_t included_max = 10'000;     // resources one page may bring along
constexpr size_t include_rounds_max = 4;    // :iterate
constexpr size_t page_count_default = 50;

class Finder {
 public:
  Finder(Inside& inside, store::Reader& reader, const Access& access, Role role)
      : inside_(inside), reader_(reader), access_(access), role_(role) {}

  struct Limits {
    size_t count = page_count_default;
    std::optional<store::Cursor> after;
    bool with_total = false;
    bool explains = false;
  };
  Result<store::SearchPage> page(const fhir::search::Query& query, const Limits& limits);

  // What the page's resources bring along, each once, none that is on the page itself.
  Result<std::vector<store::Version>> included(const fhir::search::Query& query,
                                               const std::vector<store::Version>& hits);

 private:
  Result<std::vector<store::Version>> matching(fhir::TypeId type,
                                               const fhir::search::Criterion& criterion);
  Result<std::vector<Target>> find(fhir::TypeId type, const fhir::search::Criterion& criterion);
  Result<std::vector<Target>> find_links(fhir::TypeId type,
                                         const fhir::search::Criterion& criterion,
                                         const fhir::SearchParameter& link);
  Result<void> allowed(const std::vector<fhir::TypeId>& asked,
                       const std::vector<fhir::TypeId>& readable) const;
  std::vector<Target> links_of(const store::Version& version,
                               const fhir::SearchParameter* parameter) const;
  Result<std::vector<store::Version>> forward(const fhir::search::Include& include,
                                              const std::vector<store::Version>& from);
  Result<std::vector<store::Version>> backward(const fhir::search::Include& include,
                                               const std::vector<store::Version>& from);
  Planner planner();

  Inside& inside_;
  store::Reader& reader_;
  const Access& access_;
  Role role_;
};

}  // namespace tasuki::record
