#include "fhir/search/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tasuki::fhir::search {
namespace {

constexpr size_t digits_max = 64;

size_t digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9')
    ++count;
  return count;
}

// The power of ten of the last written digit.
std::optional<int> last_place(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto whole = digits(text);
  if (whole == 0 || text.size() > digits_max) return std::nullopt;
  text.remove_prefix(whole);
  int place = 0;
  if (text.starts_with('.')) {
    const auto decimals = digits(text.substr(1));
    if (decimals == 0) return std::nullopt;
    place = -static_cast<int>(decimals);
    text.remove_prefix(1 + decimals);
  }
  if (text.empty()) return place;
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  text.remove_prefix(text.size() > 1 && text[1] == '+' ? 2 : 1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size() || std::abs(exponent) > 300)
    return std::nullopt;
  // The standard's own example: 1e2 is [95, 105), so a bare digit before an exponent counts one
  // place more.
  return exponent + (place == 0 ? -1 : place);
}

}  // namespace

std::optional<Number> parse_number(std::string_view text) {
  const auto place = last_place(text);
  const auto exact = place ? point(text) : std::nullopt;
  if (!exact) return std::nullopt;
  const double half = 0.5 * std::pow(10.0, *place);
  // With some sixteen digits half a unit is less than a double tells apart; the number itself stays
  // inside.
  const double above = std::nextafter(exact->value, std::numeric_limits<double>::infinity());
  return Number{exact->value, exact->value - half, std::max(exact->value + half, above)};
}

std::optional<Number> point(std::string_view text) {
  if (text.starts_with('+')) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return Number{value, value, value};
}

}  // namespace tasuki::fhir::search
