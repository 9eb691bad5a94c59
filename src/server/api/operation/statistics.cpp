#include "server/api/operation/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tasuki::server::api {
namespace {

using Values = std::span<const double>;

double sum(Values row) {
  return std::accumulate(row.begin(), row.end(), 0.0);
}
double mean(Values row) {
  return sum(row) / static_cast<double>(row.size());
}
double moment(Values row, int power) {
  const double middle = mean(row);
  double total = 0;
  for (const double value : row)
    total += std::pow(value - middle, power);
  return total / static_cast<double>(row.size());
}
// Of a sample: divided by n - 1.
double variance(Values row) {
  if (row.size() < 2) return 0;
  const auto count = static_cast<double>(row.size());
  return moment(row, 2) * count / (count - 1);
}
// The value below which that part of the row lies, between neighbours in proportion.
double quantile(Values sorted, double part) {
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}
// The change from one value to the next, by least squares.
double slope(Values row) {
  const double x_mean = static_cast<double>(row.size() - 1) / 2, y_mean = mean(row);
  double xy = 0, xx = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    const double x = static_cast<double>(i) - x_mean;
    xy += x * (row[i] - y_mean);
    xx += x * x;
  }
  return xx == 0 ? 0 : xy / xx;
}
double over_deviation(Values row, int power, double normal) {
  const double second = moment(row, 2);
  return second == 0 ? 0 : moment(row, power) / std::pow(second, power / 2.0) - normal;
}

// clang-format off
constexpr Statistic statistics_table[] = {
    {"average",     "Average",              false, [](Values row, Values) { return mean(row); }},
    {"maximum",     "Maximum",              false, [](Values, Values sorted) { return sorted.back(); }},
    {"minimum",     "Minimum",              false, [](Values, Values sorted) { return sorted.front(); }},
    {"count",       "Count",                true,  [](Values row, Values) { return static_cast<double>(row.size()); }},
    {"total-count", "Total Count",          true,  nullptr},  // of those without a value, too
    {"median",      "Median",               false, [](Values, Values sorted) { return quantile(sorted, 0.5); }},
    {"std-dev",     "Standard Deviation",   false, [](Values row, Values) { return std::sqrt(variance(row)); }},
    {"sum",         "Sum",                  false, [](Values row, Values) { return sum(row); }},
    {"variance",    "Variance",             true,  [](Values row, Values) { return variance(row); }},
    {"20-percent",  "20th Percentile",      false, [](Values, Values sorted) { return quantile(sorted, 0.2); }},
    {"80-percent",  "80th Percentile",      false, [](Values, Values sorted) { return quantile(sorted, 0.8); }},
    {"4-lower",     "Lower Quartile",       false, [](Values, Values sorted) { return quantile(sorted, 0.25); }},
    {"4-upper",     "Upper Quartile",       false, [](Values, Values sorted) { return quantile(sorted, 0.75); }},
    {"4-dev",       "Quartile Deviation",   false, [](Values, Values sorted) { return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2; }},
    {"5-1",         "1st Quintile",         false, [](Values, Values sorted) { return quantile(sorted, 0.2); }},
    {"5-2",         "2nd Quintile",         false, [](Values, Values sorted) { return quantile(sorted, 0.4); }},
    {"5-3",         "3rd Quintile",         false, [](Values, Values sorted) { return quantile(sorted, 0.6); }},
    {"5-4",         "4th Quintile",         false, [](Values, Values sorted) { return quantile(sorted, 0.8); }},
    {"skew",        "Skew",                 true,  [](Values row, Values) { return over_deviation(row, 3, 0); }},
    {"kurtosis",    "Kurtosis",             true,  [](Values row, Values) { return over_deviation(row, 4, 3); }},
    {"regression",  "Regression",           false, [](Values row, Values) { return slope(row); }},
};
// clang-format on

}  // namespace

std::span<const Statistic> statistics() {
  return statistics_table;
}

}  // namespace tasuki::server::api
