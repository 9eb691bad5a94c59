// From a checked question (fhir::search::Query) to a plan of the store: the other half of
// indexer.h.
//
// A node is exact, or holds more than was asked; then the criterion is asked again of each
// document, through fhir/search/match.h. Chains are asked first and become the references they
// found.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/search/query.h"
#include "record/index/indexer.h"
#include "store/store.h"

namespace tasuki::record {

// What a chain found: the resource referred to.
struct Target {
  fhir::TypeId type = fhir::no_type;
  std::string id;
};

struct Plan {
  store::Node where;
  // To ask of each document, by type; empty where postings decide alone.
  std::vector<const fhir::search::Criterion*> inexact;
  std::vector<store::SortKey> sort;
};

class Planner {
 public:
  // Resources of the type that satisfy the criterion and may be seen: chains.
  using Find = std::function<Result<std::vector<Target>>(fhir::TypeId type,
                                                         const fhir::search::Criterion& criterion)>;
  // What resources of the type that satisfy the criterion refer to under the parameter: _has.
  using FindLinks = std::function<Result<std::vector<Target>>(
      fhir::TypeId type, const fhir::search::Criterion& criterion,
      const fhir::SearchParameter& link)>;

  Planner(const Indexer& indexer, Find find, FindLinks find_links)
      : indexer_(indexer), find_(std::move(find)), find_links_(std::move(find_links)) {}

  // The types are those the principal may ask for; never empty.
  Result<Plan> plan(const std::vector<fhir::TypeId>& types, const fhir::search::Query& query) const;

 private:
  struct Asked;  // one criterion on one type, with what the whole question gives away

  Result<store::Node> criterion(Plan& plan, const Asked& asked) const;
  Result<store::Node> chained(const Asked& asked) const;
  Result<store::Node> plain(Plan& plan, const Asked& asked) const;
  Result<store::Node> operand(Plan& plan, const Asked& asked,
                              const fhir::search::Operand& operand) const;
  Result<std::vector<store::SortKey>> sort(const std::vector<fhir::TypeId>& types,
                                           const fhir::search::Query& query) const;
  // The narrowest group part the question allows for dates: of one patient, of one code, or all.
  std::string part_for(fhir::TypeId type, const fhir::SearchParameter& parameter,
                       const fhir::search::Query& query) const;

  const Indexer& indexer_;
  Find find_;
  FindLinks find_links_;
};

}  // namespace tasuki::record
