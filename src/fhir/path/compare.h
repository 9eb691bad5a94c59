// Equality and order of items. FHIRPath N1 6.1 (equality), 6.2 (comparison).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "fhir/path/moment.h"
#include "fhir/path/quantity.h"

namespace tasuki::fhir::path {

// Nothing: it cannot be told (2012 and 2012-04, a year and UCUM's mean year).
std::optional<bool> equal(const Definitions& definitions, const Item& left, const Item& right);
bool equivalent(const Definitions& definitions, const Item& left, const Item& right);

// For sets: equal for certain.
bool same(const Definitions& definitions, const Item& left, const Item& right);

struct Ordering {
  bool is_comparable = false;                   // false: these kinds have no order
  std::optional<std::strong_ordering> order{};  // nothing: it cannot be told
};
Ordering order(const Definitions& definitions, const Item& left, const Item& right);

// The values operators work on; nothing where the item is none.
std::optional<Decimal> number_of(const Item& item);
std::optional<Moment> moment_of(const Item& item, System kind);
// A number counts as a quantity of unit 1.
std::optional<Quantity> quantity_of(const Item& item, System kind);

// A set of items by `same`. A few are compared one by one, more are found by a hash that equal
// items share.
class Distinct {
 public:
  explicit Distinct(const Definitions& definitions) : definitions_(definitions) {}

  bool add(const Item& item);  // false: it was there
  bool has(const Item& item) const;
  size_t compared();  // pairs compared since it was last asked, for bounds

 private:
  static constexpr size_t few = 8;
  uint64_t hash(const Item& item) const;

  const Definitions& definitions_;
  Items few_;
  std::unordered_map<uint64_t, Items> many_;
  mutable size_t compared_ = 0;
};

}  // namespace tasuki::fhir::path
