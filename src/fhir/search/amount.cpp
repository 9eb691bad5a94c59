#include "fhir/search/amount.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/decimal.h"
#include "base/guarded.h"
#include "fhir/search/number.h"
#include "fhir/ucum/ucum.h"

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

// In base units, through decimals: a milligram is exactly a thousandth of a gram. Nothing where the
// unit's function does not give a number.
std::optional<double> in_base(double value, const ucum::Unit& unit) {
  if (std::isinf(value)) return value;
  // As it was written: the fewest digits that give this double.
  const auto written = Decimal::parse(fmt::format("{}", value));
  if (!written) return std::nullopt;
  const auto base = ucum::to_base(*written, unit);
  return base ? std::optional(base->value()) : std::nullopt;
}

// A unit as search compares in it; none: only as it is written.
struct Comparable {
  ucum::Unit unit;
  std::string base;
};
using KnownUnit = std::shared_ptr<const Comparable>;

// Only units whose values grow as the base's do: of pH, which falls, the prefixes would turn round.
KnownUnit comparable(const std::string& code) {
  const auto unit = ucum::parse(code);
  if (!unit || unit->is_meaningless) return {};
  if (!(ucum::to_base(1.0, *unit) < ucum::to_base(2.0, *unit))) return {};
  return std::make_shared<const Comparable>(Comparable{*unit, ucum::base_unit(*unit)});
}

// A region writes some dozens of units, millions of times.
KnownUnit known_unit(const std::string& code) {
  constexpr size_t kept_max = 1'000;
  static Guarded<std::unordered_map<std::string, KnownUnit>> known;
  const auto found = known.with([&](const auto& units) -> std::optional<KnownUnit> {
    const auto at = units.find(code);
    return at == units.end() ? std::nullopt : std::optional(at->second);
  });
  if (found) return *found;
  auto unit = comparable(code);
  known.with([&](auto& units) {
    if (units.size() < kept_max) units.emplace(code, unit);
  });
  return unit;
}

void add_amount(const Number& number, const json::Value& unit, std::vector<search::Value>& out) {
  Amount amount{number, std::string(unit.text_of("system")), std::string(unit.text_of("code")),
                std::string(unit.text_of("unit"))};
  put_in_base(amount);
  out.emplace_back(std::move(amount));
}

}  // namespace

void put_in_base(Amount& amount) {
  if (amount.system != ucum::system || amount.code.empty()) return;
  const auto known = known_unit(amount.code);
  if (!known) return;
  const auto& number = amount.number;
  const auto value = in_base(number.value, known->unit);
  // A resource says points, mostly.
  const bool is_point = number.from == number.value && number.to == number.value;
  const auto from = is_point ? value : in_base(number.from, known->unit),
             to = is_point ? value : in_base(number.to, known->unit);
  if (!value || !from || !to) return;
  amount.base = {*value, *from, *to};
  amount.base_unit = known->base;
}

void add_quantity(const json::Value& quantity, std::vector<search::Value>& out) {
  const auto number = number_in(quantity, "value");
  if (!number) return;
  add_amount(*number, quantity, out);
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
  add_amount(*number, *end, out);
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
  if (const auto number = bounds(low, high)) add_amount(*number, *origin, out);
}

}  // namespace tasuki::fhir::search
