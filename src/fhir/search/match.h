// Does one document meet one criterion? FHIR R4 search.html, 3.1.1.4.
//
// Why: postings answer "may"; this answers "does". It verifies what an index cannot decide (:exact,
// hash hits), and is the linear scan that the index is tested against.
#pragma once

#include <functional>

#include "fhir/search/query.h"

namespace tasuki::fhir::search {

// One version of one resource, or one contained in it.
struct Subject {
  TypeId type = no_type;
  std::string_view id;
  const json::Value& resource;
  int64_t updated_us =
      0;  // what _lastUpdated asks of, since stored bodies have no stamps; 0: they do
};

// Answers what no single document can: chains, _has and the hierarchies of references. Nothing:
// then of a chain only the document's own side counts (does it refer to one of the chain's types?),
// and _has is true.
using Elsewhere = std::function<bool(const Subject& subject, const Criterion& criterion)>;

bool matches(const Definitions& definitions, const Subject& subject, const Criterion& criterion,
             const Elsewhere& elsewhere = {});
bool matches(const Definitions& definitions, const Subject& subject, const Filter& filter,
             const Elsewhere& elsewhere = {});

// Is it decided by other documents than the one that is asked of?
bool is_elsewhere(const Criterion& criterion);

// The local references and urls a document has under the criterion's parameter.
std::vector<Link> links_under(const Definitions& definitions, const Subject& subject,
                              const SearchParameter& parameter);

inline bool matches(const Definitions& definitions, TypeId type, const json::Value& resource,
                    const Criterion& criterion) {
  return matches(definitions, Subject{type, resource.text_of("id"), resource, 0}, criterion);
}

// One value under one operand of the criterion; not for :missing, :not and :not-in, which ask of
// all values together.
bool matches(const Definitions& definitions, const Criterion& criterion, const Operand& operand,
             const Value& value);

// Metres along the great circle.
double distance_m(const Position& from, const Position& to);

}  // namespace tasuki::fhir::search
