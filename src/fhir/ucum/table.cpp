#include "fhir/ucum/table.h"

#include <algorithm>

namespace tasuki::fhir::ucum {
namespace {

#include "ucum_table.inc"

const Row* unit(std::string_view code) {
  const auto found = std::ranges::lower_bound(units, code, {}, &Row::code);
  return found != std::end(units) && found->code == code ? &*found : nullptr;
}

const Prefix* prefix(std::string_view code) {
  const auto found = std::ranges::lower_bound(prefixes, code, {}, &Prefix::code);
  return found != std::end(prefixes) && found->code == code ? &*found : nullptr;
}

}  // namespace

std::optional<Match> find(std::string_view symbol) {
  if (const auto* whole = unit(symbol)) return Match{whole, nullptr};
  for (const size_t bytes : {1u, 2u}) {
    if (symbol.size() <= bytes) break;
    const auto* scale = prefix(symbol.substr(0, bytes));
    const auto* scaled = scale != nullptr ? unit(symbol.substr(bytes)) : nullptr;
    if (scaled != nullptr && scaled->is_metric) return Match{scaled, scale};
  }
  return std::nullopt;
}

std::span<const Row> rows() {
  return units;
}

}  // namespace tasuki::fhir::ucum
