#include "fhir/search/number.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tasuki::fhir::search {
namespace {

constexpr size_t digits_max = 64;

// A decimal as it stands on paper: 8.50e1 is the digits 850 with the last one worth 10^-1.
struct Written {
  bool negative = false;
  std::string digits;
  int place = 0;
};

std::string_view take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9')
    ++count;
  const auto taken = text.substr(0, count);
  text.remove_prefix(count);
  return taken;
}

std::optional<int> exponent_of(std::string_view text) {
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  text.remove_prefix(text.size() > 1 && text[1] == '+' ? 2 : 1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::abs(exponent) <= 300 ? std::optional(exponent) : std::nullopt;
}

std::optional<Written> read(std::string_view text) {
  if (text.size() > digits_max) return std::nullopt;
  Written written;
  written.negative = text.starts_with('-');
  if (written.negative) text.remove_prefix(1);
  written.digits = take_digits(text);
  if (written.digits.empty()) return std::nullopt;
  const bool has_point = text.starts_with('.');
  if (has_point) {
    text.remove_prefix(1);
    const auto decimals = take_digits(text);
    if (decimals.empty()) return std::nullopt;
    written.digits += decimals;
    written.place = -static_cast<int>(decimals.size());
  }
  if (text.empty()) return written;
  const auto exponent = exponent_of(text);
  if (!exponent) return std::nullopt;
  written.place += *exponent;
  // The standard's own example: 1e2 is [95, 105), so digits without a point before an exponent
  // count one place more.
  if (!has_point) {
    written.digits += '0';
    --written.place;
  }
  return written;
}

// Half of the last place away from the number, as the nearest double to it. (0.8 + 0.05 computed in
// doubles is more than the 0.85 a resource has.) Beyond 17 digits a double does not tell them
// apart.
double half_away(const Written& written, double value, bool up) {
  if (written.digits.size() > 17) return value + (up ? 0.5 : -0.5) * std::pow(10.0, written.place);
  int64_t digits = 0;
  for (const char c : written.digits)
    digits = digits * 10 + (c - '0');
  if (written.negative) digits = -digits;
  const auto away = point(fmt::format("{}e{}", digits * 10 + (up ? 5 : -5), written.place - 1));
  return away ? away->value : value;
}

}  // namespace

std::optional<Number> parse_number(std::string_view text) {
  const auto written = read(text);
  const auto exact = written ? point(text) : std::nullopt;
  if (!exact) return std::nullopt;
  // With some sixteen digits half a unit may vanish; the number itself stays inside.
  const double above = std::nextafter(exact->value, std::numeric_limits<double>::infinity());
  return Number{exact->value, half_away(*written, exact->value, false),
                std::max(half_away(*written, exact->value, true), above)};
}

std::optional<Number> point(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (!is_whole || !std::isfinite(value)) return std::nullopt;
  return Number{value, value, value};
}

}  // namespace tasuki::fhir::search
