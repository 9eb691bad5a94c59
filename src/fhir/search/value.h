// What a resource says under a search parameter: the typed values that are indexed and compared.
// FHIR R4 search.html, 3.1.1.4 (parameter types).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::fhir::search {

// A token keeps "no system" apart from "any system". text: Coding.display, CodeableConcept.text,
// for :text; a token with text alone (a CodeableConcept without coding) has an empty code and
// answers to :text and :missing only.
// types: of an Identifier, the system and code of each coding of its type, for :of-type.
struct Token {
  std::string system, code, text;
  std::vector<std::pair<std::string, std::string>> types = {};
};
// string parameters. folded = base/text folding of written, in a request alone: a resource's texts
// are folded as far as somebody looks at them, and a finding of ten pages is indexed by its
// beginning.
struct Text {
  std::string written, folded = {};
};
struct Moment {  // a date, dateTime, instant, Period or Timing as [from, to) in microseconds
  int64_t from = 0, to = 0;  // open ends: INT64_MIN, INT64_MAX
};
// In a request: the range its written precision stands for, 100 = [99.5, 100.5). In a resource: the
// point (from == value == to), or low and high of a Range or SampledData (open ends infinite; value
// is the finite end). So "eq" is: from <= target.from and target.to < to (<= to where both are
// ranges); gt: target.to > value.
struct Number {
  double value = 0, from = 0, to = 0;
};
struct Amount {  // quantity: as written, and what it is compared by
  Number number;
  std::string system, code, unit;
  // With a UCUM unit also in base units: 5.4 mg is 0.0054 of "g". Empty: none, or one whose values
  // cannot be compared so.
  std::string base_unit = {};
  Number base = {};
};
// reference: type and id when local ("Patient", "p1"), else the url (absolute, urn:uuid:,
// canonical); identifier if given (then id and url may both be empty). In a request the type is
// empty for a bare id that may be of several types.
struct Link {
  std::string type, id, url;
  std::string version;
  std::string identifier_system, identifier_value;
};
struct Uri {
  std::string text;
};
struct Position {  // of a Location, in degrees (WGS84), for near
  double latitude = 0, longitude = 0;
};
struct Values;
struct Composite {  // one tuple: the values of each part that belong together
  std::vector<Values> parts;
};
using Value = std::variant<Token, Text, Moment, Number, Amount, Link, Uri, Composite, Position>;
struct Values {
  std::vector<Value> all;
};

struct Extracted {
  const SearchParameter* parameter = nullptr;
  std::vector<Value> values;  // empty parameters are left out
};

// combo-x is what x and component-x say together: asked as either, written once. Empty: not such a
// one.
inline std::string_view combo_rest(std::string_view code) {
  return code.starts_with("combo-") ? code.substr(6) : std::string_view{};
}

// Everything the resource says under every parameter of its type. Never fails on a valid resource;
// what cannot be evaluated yields nothing.
std::vector<Extracted> extract(const Definitions& definitions, TypeId type,
                               const json::Value& resource);

}  // namespace tasuki::fhir::search
