// Small things about codes and names as text.
#pragma once

#include <algorithm>
#include <string_view>

namespace tasuki::fhir::terminology {

inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

inline bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// The URIs of the properties that HL7 defines start so. codesystem-concept-properties.html
inline constexpr std::string_view concept_property = "http://hl7.org/fhir/concept-properties#";

}  // namespace tasuki::fhir::terminology
