#include "intake/as_of.h"

#include <algorithm>

namespace tasuki::intake {

std::string as_of(const hl7v2::Message& message) {
  for (const auto& [segment, field] : {std::pair("EVN", 2), std::pair("MSH", 7)}) {
    const auto found = message.first(segment);
    if (!found) continue;
    const std::string text = found.field(field).component(1).text();
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits >= 8) return text.substr(0, std::min<size_t>(digits, 14));
  }
  return {};
}

std::optional<Instant> moment_of(const std::string& as_of) {
  const auto written = fhir_date_time_of_hl7(as_of);
  return written ? parse_instant(*written) : std::nullopt;
}

}  // namespace tasuki::intake
