#include "fhir/search/operand.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "fhir/search/amount.h"
#include "fhir/search/escape.h"
#include "fhir/search/link.h"
#include "fhir/search/moment.h"
#include "fhir/search/number.h"
#include "fhir/search/words.h"

namespace tasuki::fhir::search {
namespace {

struct Prefixed {
  std::string_view text;
  Prefix prefix;
};
constexpr Prefixed prefixes[] = {
    {"eq", Prefix::eq}, {"ne", Prefix::ne}, {"gt", Prefix::gt},
    {"lt", Prefix::lt}, {"ge", Prefix::ge}, {"le", Prefix::le},
    {"sa", Prefix::sa}, {"eb", Prefix::eb}, {"ap", Prefix::ap},
};  // po is said by _filter alone

Error wrong(const SearchParameter& parameter, std::string_view text, std::string_view right) {
  return Error{Error::Kind::invalid,
               fmt::format("'{}' is no value for {}: {}.", text, parameter.code, right),
               std::string(parameter.code)};
}

// Only dates, numbers and quantities have an order, and so prefixes. search.html#prefix
Prefix take_prefix(std::string_view& text) {
  const auto found = std::ranges::find_if(
      prefixes, [&](const Prefixed& each) { return text.starts_with(each.text); });
  if (found == std::end(prefixes)) return Prefix::eq;
  text.remove_prefix(2);
  return found->prefix;
}

Result<Operand> parse_number_operand(const SearchParameter& parameter, std::string_view text) {
  Operand operand;
  auto rest = text;
  operand.prefix = take_prefix(rest);
  const auto number = parse_number(rest);
  if (!number)
    return wrong(parameter, text, "a number should stand here, such as 0.8, gt100 or 5.40e-3");
  operand.value = *number;
  return operand;
}

Result<Operand> parse_date(const SearchParameter& parameter, std::string_view text,
                           std::chrono::minutes zone) {
  Operand operand;
  auto rest = text;
  operand.prefix = take_prefix(rest);
  const auto moment = parse_moment(rest, zone);
  if (!moment) {
    return wrong(parameter, text,
                 "a date should stand here, such as 2024, 2024-05, ge2024-05-01 or "
                 "lt2024-05-01T09:30:00+09:00");
  }
  operand.value = *moment;
  return operand;
}

// "5.4|http://unitsofmeasure.org|mg", "5.4||mg", "5.4". search.html#quantity
Result<Operand> parse_quantity(const SearchParameter& parameter, std::string_view text) {
  Operand operand;
  auto pieces = split(text, '|');
  operand.prefix = take_prefix(pieces[0]);
  const auto number = parse_number(pieces[0]);
  if (!number || (pieces.size() != 1 && pieces.size() != 3)) {
    return wrong(parameter, text,
                 "number, number||unit or number|system|code should stand here, such as "
                 "ge5.4|http://unitsofmeasure.org|mg");
  }
  Amount amount{*number, {}, {}, {}};
  operand.any_system = pieces.size() == 1;
  if (pieces.size() == 3) {
    amount.system = TRY(unescaped(pieces[1]));
    amount.code = TRY(unescaped(pieces[2]));
    if (amount.code.empty())
      return wrong(parameter, text, "after the second | the unit's code should stand");
    if (amount.system.empty()) amount.unit = amount.code;
  }
  put_in_base(amount);
  operand.value = std::move(amount);
  return operand;
}

// "code", "system|code", "|code", "system|". search.html#token
Result<Operand> parse_token(const SearchParameter& parameter, std::string_view text) {
  Operand operand;
  const auto pieces = split(text, '|');
  if (pieces.size() > 2)
    return wrong(parameter, text,
                 R"(code, system|code, |code or system| should stand here; a | in a code is \|)");
  Token token;
  if (pieces.size() == 2) token.system = TRY(unescaped(pieces[0]));
  token.code = TRY(unescaped(pieces.back()));
  operand.any_system = pieces.size() == 1;
  operand.any_code = token.code.empty();
  if (token.code.empty() && token.system.empty())
    return wrong(parameter, text, "a code or a system should stand here");
  operand.value = std::move(token);
  return operand;
}

// ":of-type=system|code|value": an identifier by its type. search.html#token
Result<Operand> parse_of_type(const SearchParameter& parameter, std::string_view text) {
  const auto pieces = split(text, '|');
  if (pieces.size() != 3 || pieces[1].empty() || pieces[2].empty())
    return wrong(parameter, text, "the type's system|code|value should stand here");
  Operand operand;
  Token token;
  auto system = TRY(unescaped(pieces[0]));
  auto code = TRY(unescaped(pieces[1]));
  token.types.emplace_back(std::move(system), std::move(code));
  token.code = TRY(unescaped(pieces[2]));
  operand.value = std::move(token);
  return operand;
}

// ":in=http://x/ValueSet/y", or the ValueSet of that id in HL7's own definitions. Whether its codes
// are known, who asks the store finds out. search.html#token
Result<Operand> parse_value_set(const SearchParameter& parameter, std::string_view text) {
  Operand operand;
  Uri uri;
  uri.text = TRY(unescaped(text));
  if (uri.text.starts_with("ValueSet/")) uri.text = "http://hl7.org/fhir/" + uri.text;
  if (!uri.text.contains(':'))
    return wrong(parameter, text, "the url of a value set should stand here");
  operand.value = std::move(uri);
  return operand;
}

struct LengthUnit {
  std::string_view code;
  double metres;
};
constexpr LengthUnit length_units[] = {{"km", 1000},         {"m", 1},
                                       {"[mi_i]", 1609.344}, {"[mi_us]", 1609.347219},
                                       {"mi", 1609.344},     {"cm", 0.01}};
constexpr double distance_default_m = 50'000;

// "latitude|longitude|distance|unit". location.html, search parameter near
Result<Operand> parse_near(const SearchParameter& parameter, std::string_view text) {
  constexpr std::string_view right =
      "latitude|longitude|distance|unit should stand here, such as 35.68|139.77|5|km";
  const auto pieces = split(text, '|');
  if (pieces.size() < 2 || pieces.size() > 4) return wrong(parameter, text, right);
  const auto latitude = point(pieces[0]), longitude = point(pieces[1]);
  const bool on_earth =
      latitude && longitude && std::abs(latitude->value) <= 90 && std::abs(longitude->value) <= 180;
  if (!on_earth) return wrong(parameter, text, right);
  Operand operand;
  operand.value = Position{latitude->value, longitude->value};
  operand.distance_m = distance_default_m;
  if (pieces.size() == 2 || (pieces[2].empty() && pieces.back().empty())) return operand;
  const auto distance = point(pieces[2]);
  const auto unit = pieces.size() == 4 && !pieces[3].empty() ? pieces[3] : "km";
  const auto* known = std::ranges::find(length_units, unit, &LengthUnit::code);
  if (!distance || distance->value < 0 || known == std::end(length_units))
    return wrong(parameter, text, right);
  operand.distance_m = distance->value * known->metres;
  return operand;
}

Result<Operand> parse_full_text(const SearchParameter& parameter, std::string_view text) {
  Operand operand;
  auto written = TRY(unescaped(text));
  auto words = parse_words(written);
  if (!words) return wrong(parameter, text, words.error().message);
  operand.words = *std::move(words);
  operand.value = Text{std::move(written), {}};
  return operand;
}

Result<Operand> parse_string(const SearchParameter& parameter, Modifier modifier,
                             std::string_view text) {
  Operand operand;
  Text value;
  value.written = TRY(unescaped(text));
  value.folded = folded(value.written);
  const bool is_empty = modifier == Modifier::exact ? value.written.empty() : value.folded.empty();
  if (is_empty)
    return wrong(parameter, text, "a text with at least one letter or digit should stand here");
  operand.value = std::move(value);
  return operand;
}

// ":below" and ":above" of a resource need to know of which type it is, and that such are part of
// one another. search.html#recursive
Result<void> check_hierarchy(const Definitions& definitions, const SearchParameter& parameter,
                             const Link& link, std::string_view text) {
  if (link.id.empty()) return {};
  if (link.type.empty())
    return wrong(parameter, text, "with :above and :below the type should stand before the id");
  const auto type = definitions.resource_type(link.type);
  if (type && parent_parameter(definitions, *type) != nullptr) return {};
  return Error{Error::Kind::unsupported,
               fmt::format("{} resources are not part of one another, so {} cannot be asked with "
                           ":above or :below.",
                           link.type, parameter.code),
               std::string(parameter.code)};
}

// "Patient/1", "1", "http://x/fhir/Patient/1", "http://x/y|1.0". search.html#reference
Result<Operand> parse_reference(const Definitions& definitions, const SearchParameter& parameter,
                                Modifier modifier, TypeId type, std::string_view text) {
  Operand operand;
  const auto written = TRY(unescaped(text));
  const auto bar = split(text, '|');
  auto link = bar.size() == 1 ? parse_link(definitions, written) : std::nullopt;
  if (bar.size() == 2) {
    link.emplace();
    link->url = TRY(unescaped(bar[0]));
    link->version = TRY(unescaped(bar[1]));
  }
  const bool is_local = link && !link->id.empty();
  if (link && !is_local && is_id(link->url)) {
    link->id = std::move(link->url);
    link->url.clear();
    if (type != no_type) link->type = definitions.name(type);
    if (type == no_type && parameter.targets.size() == 1)
      link->type = definitions.name(parameter.targets[0]);
  }
  const bool is_url = link && link->id.empty() && link->url.contains(':');
  if (!link || (link->id.empty() && !is_url)) {
    return wrong(parameter, text,
                 "a reference should stand here, such as Patient/123, 123 or an absolute URL");
  }
  if (type != no_type && is_local && link->type != definitions.name(type)) {
    return wrong(parameter, text, fmt::format("the modifier asks for {}", definitions.name(type)));
  }
  if (modifier == Modifier::above || modifier == Modifier::below)
    TRY(check_hierarchy(definitions, parameter, *link, text));
  operand.value = *std::move(link);
  return operand;
}

Result<Operand> parse_uri(const SearchParameter& parameter, std::string_view text) {
  Operand operand;
  Uri uri;
  uri.text = TRY(unescaped(text));
  if (uri.text.empty()) return wrong(parameter, text, "a URI should stand here");
  operand.value = std::move(uri);
  return operand;
}

// "part$part", each as its own parameter would read it. search.html#composite
Result<Operand> parse_composite(const Definitions& definitions, const SearchParameter& parameter,
                                std::string_view text) {
  Operand operand;
  const auto pieces = split(text, '$');
  if (pieces.size() != parameter.components.size()) {
    return wrong(parameter, text,
                 fmt::format("{} values with $ between them should stand here",
                             parameter.components.size()));
  }
  const auto all = definitions.search_parameters();
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto part =
        std::ranges::find(all, parameter.components[i].definition, &SearchParameter::url);
    if (part == all.end() || part->type == ParameterType::composite) {
      return Error{Error::Kind::unsupported,
                   fmt::format("A part of {} is not defined here: {}.", parameter.code,
                               parameter.components[i].definition),
                   std::string(parameter.code)};
    }
    operand.parts.push_back(
        TRY(parse_operand(definitions, *part, Modifier::none, no_type, pieces[i])));
  }
  return operand;
}

Result<Operand> parse_missing(const SearchParameter& parameter, std::string_view text) {
  if (text != "true" && text != "false")
    return wrong(parameter, text, "after :missing true or false should stand");
  Operand operand;
  operand.value = Token{{}, std::string(text), {}};
  return operand;
}

Result<Operand> parse_value(const Definitions& definitions, const SearchParameter& parameter,
                            Modifier modifier, TypeId type, std::string_view text) {
  if (modifier == Modifier::missing) return parse_missing(parameter, text);
  switch (parameter.type) {
    case ParameterType::number:
      return parse_number_operand(parameter, text);
    case ParameterType::date:
      return parse_date(parameter, text, definitions.zone());
    case ParameterType::quantity:
      return parse_quantity(parameter, text);
    case ParameterType::string:
      if (parameter.code == "_text" || parameter.code == "_content")
        return parse_full_text(parameter, text);
      return parse_string(parameter, modifier, text);
    case ParameterType::uri:
      return parse_uri(parameter, text);
    case ParameterType::composite:
      return parse_composite(definitions, parameter, text);
    case ParameterType::token:
      if (modifier == Modifier::in || modifier == Modifier::not_in)
        return parse_value_set(parameter, text);
      if (modifier == Modifier::of_type) return parse_of_type(parameter, text);
      if (modifier == Modifier::text) return parse_string(parameter, modifier, text);
      return parse_token(parameter, text);
    case ParameterType::reference:
      if (modifier == Modifier::identifier) return parse_token(parameter, text);
      return parse_reference(definitions, parameter, modifier, type, text);
    case ParameterType::special:
      if (parameter.code == "near") return parse_near(parameter, text);
      break;
  }
  return Error{Error::Kind::unsupported,
               fmt::format("The search parameter '{}' is not done here yet.", parameter.code),
               std::string(parameter.code)};
}

}  // namespace

Result<Operand> parse_operand(const Definitions& definitions, const SearchParameter& parameter,
                              Modifier modifier, TypeId type, std::string_view text) {
  auto operand = TRY(parse_value(definitions, parameter, modifier, type, text));
  operand.text = text;
  return operand;
}

}  // namespace tasuki::fhir::search
