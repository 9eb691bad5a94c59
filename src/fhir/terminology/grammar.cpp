#include "fhir/terminology/grammar.h"

#include <algorithm>
#include <vector>

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

// The subtags of a language tag, one kind after the other. RFC 5646 2.1
class LanguageTag {
 public:
  explicit LanguageTag(std::string_view tag) {
    for (size_t end = 0; end != std::string_view::npos;
         tag.remove_prefix(std::min(end, tag.size()))) {
      if (!parts_.empty()) tag.remove_prefix(1);
      end = tag.find('-');
      parts_.push_back(tag.substr(0, end));
    }
  }

  bool is_right() {
    if (!is_private() && !language()) return false;
    if (at_ < parts_.size() && !is_private()) {
      take(4, 4, is_letter);                             // script
      if (!take(2, 2, is_letter)) take(3, 3, is_digit);  // region
      while (take(5, 8, is_alphanumeric) || short_variant()) {
      }  // variants
      while (extension()) {
      }
    }
    if (is_private()) at_ = rest_fits() ? parts_.size() : at_;
    return at_ == parts_.size();
  }

 private:
  using Kind = bool (*)(char);
  static bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }

  bool fits(size_t place, size_t least, size_t most, Kind kind) const {
    return place < parts_.size() && parts_[place].size() >= least && parts_[place].size() <= most &&
           std::ranges::all_of(parts_[place], kind);
  }
  bool take(size_t least, size_t most, Kind kind) {
    if (!fits(at_, least, most, kind)) return false;
    ++at_;
    return true;
  }
  bool language() {
    if (take(4, 8, is_letter)) return true;
    if (!take(2, 3, is_letter)) return false;
    for (int more = 0; more < 3 && take(3, 3, is_letter); ++more) {
    }  // extended languages
    return true;
  }
  bool short_variant() {
    return fits(at_, 4, 4, is_alphanumeric) && is_digit(parts_[at_].front()) && ++at_ > 0;
  }
  bool extension() {
    if (is_private() || !fits(at_, 1, 1, is_alphanumeric) || !fits(at_ + 1, 2, 8, is_alphanumeric))
      return false;
    ++at_;
    while (take(2, 8, is_alphanumeric)) {
    }
    return true;
  }
  bool is_private() const {
    return at_ < parts_.size() && (parts_[at_] == "x" || parts_[at_] == "X");
  }
  bool rest_fits() const {
    for (size_t place = at_ + 1; place < parts_.size(); ++place) {
      if (!fits(place, 1, 8, is_alphanumeric)) return false;
    }
    return at_ + 1 < parts_.size();
  }

  std::vector<std::string_view> parts_;
  size_t at_ = 0;
};

Result<void> parse_language(std::string_view code) {
  if (LanguageTag(code).is_right()) return {};
  return Error{Error::Kind::invalid,
               fmt::format("\"{}\" is not a language tag such as ja or ja-JP.", code),
               {}};
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
