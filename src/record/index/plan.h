// From a checked question (fhir::search::Query) to a plan of the store: the other half of
// indexer.h.
//
// A node is exact, or holds more than was asked; then the criterion is asked again of each
// document, through fhir/search/match.h. What other documents decide (chains, _has, hierarchies) is
// found first and becomes the references it found.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/search/query.h"
#include "record/index/indexer.h"
#include "record/index/leaf.h"
#include "record/index/sorting.h"
#include "store/store.h"

namespace tasuki::record {

// A resource that is referred to, or found.
struct Target {
  fhir::TypeId type = fhir::no_type;
  std::string id;
  auto operator<=>(const Target&) const = default;
};

struct Plan {
  store::Node where;
  // To ask of each document; empty where postings decide alone.
  std::vector<const fhir::search::Criterion*> inexact;
  std::vector<const fhir::search::Filter*> inexact_filters;
  std::vector<store::SortKey> sort;
};

// A chain or _has whose both sides are about the same patient: whom the store knows as the subject
// of either, unless it names several (session/prepare.cpp).
bool is_by_subject(const fhir::Definitions& definitions, fhir::TypeId type,
                   const fhir::search::Criterion& criterion);

class Planner {
 public:
  // What a criterion that other documents decide comes down to: of a chain or a hierarchy the
  // resources that must be referred to, of _has those that are meant. Nothing: too many, so each
  // document has to be asked.
  using Elsewhere = std::function<Result<std::optional<std::vector<Target>>>(
      fhir::TypeId type, const fhir::search::Criterion& criterion)>;

  using KindOf = std::function<uint16_t(fhir::TypeId)>;
  Planner(const Indexer& indexer, TypeOf type_of, KindOf kind_of, Elsewhere elsewhere)
      : indexer_(indexer),
        type_of_(std::move(type_of)),
        kind_of_(std::move(kind_of)),
        elsewhere_(std::move(elsewhere)) {}

  // The types are those the principal may ask for; never empty. `lists`: what each List of the
  // question names.
  Result<Plan> plan(const std::vector<fhir::TypeId>& types, const fhir::search::Query& query,
                    const std::vector<std::vector<Target>>& lists) const;

 private:
  struct Asked;  // one criterion on one type, with what the whole question gives away

  Result<Leaf> filter(fhir::TypeId type, const fhir::search::Query& query,
                      const fhir::search::Filter& filter) const;
  Result<Leaf> criterion(const Asked& asked) const;
  Result<Leaf> decided_elsewhere(const Asked& asked) const;
  Result<Leaf> plain(const Asked& asked) const;
  void join_one_valued(fhir::TypeId type, const fhir::search::Query& query,
                       std::vector<store::Node>& nodes) const;
  Result<Leaf> about(const Asked& asked) const;
  const Indexer::Pair* pair_for(const Asked& asked, std::string& code) const;
  store::Node compartment(fhir::TypeId type, const fhir::search::Compartment& compartment) const;
  store::Node listed(fhir::TypeId type, const std::vector<Target>& list) const;
  store::Node with_id(fhir::TypeId type, std::string_view id) const;
  Result<std::vector<store::SortKey>> sort(const std::vector<fhir::TypeId>& types,
                                           const fhir::search::Query& query) const;
  // The narrowest group part the question allows for dates: of one patient, of one code, or all.
  struct Part {
    std::string name;
    std::string implies;  // a term of all its records
  };
  Part part_for(fhir::TypeId type, const fhir::SearchParameter& parameter,
                const fhir::search::Query& query) const;

  const Indexer& indexer_;
  TypeOf type_of_;
  KindOf kind_of_;
  Elsewhere elsewhere_;
};

}  // namespace tasuki::record
