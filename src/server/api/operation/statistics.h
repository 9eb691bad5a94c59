// What a row of numbers says: http://terminology.hl7.org/CodeSystem/observation-statistics
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace tasuki::server::api {

struct Statistic {
  std::string_view code;     // "20-percent"
  std::string_view display;  // "20th Percentile"
  bool is_count = false;     // has no unit
  double (*of)(std::span<const double> in_time, std::span<const double> sorted) = nullptr;
};
std::span<const Statistic> statistics();

}  // namespace tasuki::server::api
