// Questions put to the store for one reader: plan, admit, verify, include. What other documents
// decide is asked through elsewhere.h, of the same reader: consent holds in every step.
#pragma once

#include <string>
#include <vector>

#include "fhir/search/match.h"
#include "record/consent/access.h"
#include "record/index/plan.h"
#include "record/inside.h"

namespace tasuki::record {

constexpr size_t included_max = 10'000;  // resources one page may bring along
constexpr size_t page_count_default = 50;

// A resource inside another one, that a search with _contained meant.
struct ContainedMatch {
  fhir::TypeId type = fhir::no_type;
  std::string id, body;
};

using RecordPlace = std::pair<uint16_t, std::string>;  // kind, id
inline RecordPlace record_place(const store::Version& version) {
  return {version.key.kind, version.key.id};
}

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

  // Of a hit of a search with _contained: what in it was meant.
  Result<std::vector<ContainedMatch>> contained(const fhir::search::Query& query,
                                                const store::Version& hit);
  Result<bool> is_itself_meant(const fhir::search::Query& query, const store::Version& hit);

  // The resource as it stands, if there is one and the reader may see it.
  Result<std::optional<store::Version>> visible(const Target& target);
  bool may_read(fhir::TypeId type) const;
  Result<bool> knows_subjects() { return reader_.knows_subjects(); }
  Inside& inside() { return inside_; }

 private:
  Result<void> allowed(const std::vector<fhir::TypeId>& asked,
                       const std::vector<fhir::TypeId>& readable) const;
  Result<std::vector<std::vector<Target>>> lists_of(const fhir::search::Query& query);
  Result<store::SearchPage> page_of(const fhir::search::Query& query, const Limits& limits);
  Result<store::SearchPage> page_contained(const fhir::search::Query& query, const Limits& limits);
  std::vector<fhir::search::Link> links_of(const store::Version& version,
                                           const fhir::SearchParameter* parameter) const;
  Result<std::vector<store::Version>> forward(const fhir::search::Include& include,
                                              const std::vector<store::Version>& from);
  Result<std::vector<store::Version>> of_canonical(const fhir::search::Include& include,
                                                   const fhir::search::Link& link);
  Result<std::vector<store::Version>> backward(const fhir::search::Include& include,
                                               const std::vector<store::Version>& from);
  Result<std::vector<store::Version>> backward_from(fhir::TypeId source,
                                                    const fhir::search::Include& include,
                                                    const std::vector<store::Version>& from);

  Inside& inside_;
  store::Reader& reader_;
  const Access& access_;
  Role role_;
};

}  // namespace tasuki::record
