// Equality and order of items. FHIRPath N1 6.1 (equality), 6.2 (comparison).
#pragma once

#include <compare>
#include <optional>
#include <span>

#include "fhir/path/expression.h"

namespace tasuki::fhir::path {

bool equal(const Item& left, const Item& right);
bool equivalent(const Item& left,
                const Item& right);  // strings without case and outer space, numbers by value

// Nothing: not comparable (different kinds, objects).
std::optional<std::partial_ordering> order(const Item& left, const Item& right);

bool includes(std::span<const Item> items, const Item& item);

}  // namespace tasuki::fhir::path
