// Quantity, Money, Range and SampledData as Amounts. FHIR R4 search.html#quantity.
#pragma once

#include <optional>
#include <vector>

#include "fhir/search/value.h"

namespace tasuki::fhir::search {

// Each appends one Amount, or nothing where no number stands.
void add_quantity(const json::Value& quantity, std::vector<Value>& out);
void add_money(const json::Value& money, std::vector<Value>& out);  // system urn:iso:std:iso:4217
void add_range(const json::Value& range, std::vector<Value>& out);
void add_samples(const json::Value& sampled,
                 std::vector<Value>& out);  // from the least to the most

// Fills base and base_unit where the unit is UCUM's: 5.4 mg and 0.0054 g become equal.
void put_in_base(Amount& amount);

std::optional<Number> range_bounds(const json::Value& range);

}  // namespace tasuki::fhir::search
