#include "fhir/terminology/grammar.h"

#include <algorithm>

#include <fmt/core.h>

#include "fhir/ucum/table.h"
#include "fhir/ucum/ucum.h"

namespace tasuki::fhir::terminology {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Result<void> parse_unit(std::string_view code) {
  const auto unit = ucum::parse(code);
  if (!unit) return unit.error();
  return {};
}
std::string same(std::string_view code) {
  return std::string(code);
}
// "canonical = g": the units that are a mass.
std::optional<bool> unit_satisfies(std::string_view code, std::string_view property,
                                   std::string_view operation, std::string_view value) {
  if (property != "canonical" || operation != "=") return std::nullopt;
  const auto unit = ucum::parse(code), wanted = ucum::parse(value);
  return unit && wanted && ucum::commensurable(*unit, *wanted);
}
std::vector<std::string_view> unit_atoms() {
  std::vector<std::string_view> all;
  for (const ucum::Row& row : ucum::rows())
    all.push_back(row.code);
  return all;
}

// language[-script][-region][-variant...][-x-...]: letters and digits in subtags of 1 to 8.
Result<void> parse_language(std::string_view code) {
  const Error wrong{Error::Kind::invalid,
                    fmt::format("\"{}\" is not a language tag such as ja or ja-JP.", code),
                    {}};
  std::string_view rest = code;
  for (bool first = true;; first = false) {
    const size_t dash = rest.find('-');
    const std::string_view part = rest.substr(0, dash);
    const bool fits = !part.empty() && part.size() <= 8 &&
                      std::ranges::all_of(part, [](char c) { return is_letter(c) || is_digit(c); });
    if (!fits) return wrong;
    if (first && (part.size() < 2 || !std::ranges::all_of(part, is_letter))) return wrong;
    if (dash == std::string_view::npos) return {};
    rest.remove_prefix(dash + 1);
  }
}

Result<void> parse_media(std::string_view code) {
  const std::string_view type = code.substr(0, code.find(';'));
  const size_t slash = type.find('/');
  const auto is_name = [](std::string_view name) {
    return !name.empty() && name.size() <= 127 && std::ranges::all_of(name, [](char c) {
      return is_letter(c) || is_digit(c) || std::string_view("!#$&-^_.+*").contains(c);
    });
  };
  if (slash != std::string_view::npos && is_name(type.substr(0, slash)) &&
      is_name(type.substr(slash + 1)))
    return {};
  return Error{Error::Kind::invalid,
               fmt::format("\"{}\" is not a media type such as text/plain.", code),
               {}};
}

std::optional<bool> no_filter(std::string_view, std::string_view, std::string_view,
                              std::string_view) {
  return std::nullopt;
}
std::vector<std::string_view> no_atoms() {
  return {};
}

constexpr Grammar grammars[] = {
    {ucum::system, "UCUM", "2.2", "http://hl7.org/fhir/ValueSet/ucum-common", parse_unit, same,
     unit_satisfies, unit_atoms},
    {"urn:ietf:bcp:47", "IETF language tags", "", "http://hl7.org/fhir/ValueSet/languages",
     parse_language, same, no_filter, no_atoms},
    {"urn:ietf:bcp:13", "Media types", "", "", parse_media, same, no_filter, no_atoms},
};

}  // namespace

const Grammar* grammar_of(std::string_view url) {
  const auto one = std::ranges::find(grammars, url, &Grammar::url);
  return one == std::end(grammars) ? nullptr : one;
}

}  // namespace tasuki::fhir::terminology
