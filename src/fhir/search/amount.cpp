#include "fhir/search/amount.h"

#include <algorithm>
#include <limits>

#include "fhir/search/number.h"

namespace tasuki::fhir::search {
namespace {

std::optional<Number> number_in(const json::Value& parent, std::string_view name) {
  const auto* value = parent.find(name);
  return value != nullptr && value->is_number() ? point(value->text()) : std::nullopt;
}

// An open end reaches to infinity.
std::optional<Number> bounds(std::optional<Number> low, std::optional<Number> high) {
  if (!low && !high) return std::nullopt;
  constexpr double far = std::numeric_limits<double>::infinity();
  return Number{low ? low->value : high->value, low ? low->value : -far, high ? high->value : far};
}

}  // namespace

void add_quantity(const json::Value& quantity, std::vector<search::Value>& out) {
  const auto number = number_in(quantity, "value");
  if (!number) return;
  out.emplace_back(Amount{*number, std::string(quantity.text_of("system")),
                          std::string(quantity.text_of("code")),
                          std::string(quantity.text_of("unit"))});
}

void add_money(const json::Value& money, std::vector<search::Value>& out) {
  const auto number = number_in(money, "value");
  const auto currency = money.text_of("currency");
  if (number)
    out.emplace_back(
        Amount{*number, "urn:iso:std:iso:4217", std::string(currency), std::string(currency)});
}

std::optional<Number> range_bounds(const json::Value& range) {
  const auto* low = range.find("low");
  const auto* high = range.find("high");
  return bounds(low != nullptr ? number_in(*low, "value") : std::nullopt,
                high != nullptr ? number_in(*high, "value") : std::nullopt);
}

void add_range(const json::Value& range, std::vector<search::Value>& out) {
  const auto number = range_bounds(range);
  const auto* end = range.find("low") != nullptr ? range.find("low") : range.find("high");
  if (!number || end == nullptr) return;
  out.emplace_back(Amount{*number, std::string(end->text_of("system")),
                          std::string(end->text_of("code")), std::string(end->text_of("unit"))});
}

// From the smallest to the largest sample: data, in units of factor, above origin.
// datatypes.html#SampledData
void add_samples(const json::Value& sampled, std::vector<search::Value>& out) {
  const auto* origin = sampled.find("origin");
  const auto base = origin != nullptr ? number_in(*origin, "value") : std::nullopt;
  if (!base) return;
  const auto factor = number_in(sampled, "factor");
  auto data = sampled.text_of("data");
  std::optional<Number> low, high;
  while (!data.empty()) {
    const auto end = std::min(data.find(' '), data.size());
    if (const auto sample = point(data.substr(0, end))) {  // "E", "L", "U" are no numbers
      const double value = base->value + sample->value * (factor ? factor->value : 1);
      if (!low || value < low->value) low = Number{value, value, value};
      if (!high || value > high->value) high = Number{value, value, value};
    }
    data.remove_prefix(std::min(end + 1, data.size()));
  }
  if (const auto number = bounds(low, high)) {
    out.emplace_back(Amount{*number, std::string(origin->text_of("system")),
                            std::string(origin->text_of("code")),
                            std::string(origin->text_of("unit"))});
  }
}

}  // namespace tasuki::fhir::search
