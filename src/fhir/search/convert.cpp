#include "fhir/search/convert.h"

#include <algorithm>
#include <limits>

#include "fhir/search/amount.h"
#include "fhir/search/link.h"
#include "fhir/search/moment.h"
#include "fhir/search/number.h"

namespace tasuki::fhir::search {
namespace {

using Out = std::vector<search::Value>;

struct Shaped {
  std::string_view type;
  Shape shape;
};
constexpr Shaped shaped[] = {
    {"string", Shape::text},
    {"markdown", Shape::text},
    {"id", Shape::text},
    {"base64Binary", Shape::text},
    {"code", Shape::code},
    {"boolean", Shape::boolean},
    {"decimal", Shape::number},
    {"integer", Shape::number},
    {"positiveInt", Shape::number},
    {"unsignedInt", Shape::number},
    {"date", Shape::date},
    {"dateTime", Shape::date},
    {"instant", Shape::date},
    {"uri", Shape::uri},
    {"url", Shape::uri},
    {"oid", Shape::uri},
    {"uuid", Shape::uri},
    {"canonical", Shape::canonical},
    {"Coding", Shape::coding},
    {"CodeableConcept", Shape::concept_},
    {"Identifier", Shape::identifier},
    {"ContactPoint", Shape::contact_point},
    {"Quantity", Shape::quantity},
    {"SimpleQuantity", Shape::quantity},
    {"MoneyQuantity", Shape::quantity},
    {"Age", Shape::quantity},
    {"Count", Shape::quantity},
    {"Distance", Shape::quantity},
    {"Duration", Shape::quantity},
    {"Money", Shape::money},
    {"Range", Shape::range},
    {"SampledData", Shape::sampled_data},
    {"Period", Shape::period},
    {"Timing", Shape::timing},
    {"HumanName", Shape::human_name},
    {"Address", Shape::address},
    {"Reference", Shape::reference},
};

// ---- strings

void add_text(std::string_view written, Out& out) {
  if (!written.empty()) out.emplace_back(Text{std::string(written)});
}

void add_texts(const json::Value& parent, std::string_view name, Out& out) {
  const auto* value = parent.find(name);
  if (value == nullptr) return;
  if (value->is_string()) add_text(value->text(), out);
  for (const auto& item : value->items())
    add_text(item.text(), out);
}

void append_joined(const json::Value& parent, std::string_view name, std::string& joined) {
  const auto* value = parent.find(name);
  if (value == nullptr) return;
  const auto append = [&](std::string_view text) {
    if (!joined.empty() && !text.empty()) joined += ' ';
    joined += text;
  };
  append(value->is_string() ? value->text() : std::string_view());
  for (const auto& item : value->items())
    append(item.text());
}

// Each part, the text, and "family given" as one, because that is how a name is asked for in Japan:
// 山田花子.
void add_name(const json::Value& name, Out& out) {
  for (const auto part : {"family", "given", "prefix", "suffix", "text"})
    add_texts(name, part, out);
  std::string full;
  append_joined(name, "family", full);
  append_joined(name, "given", full);
  if (full != name.text_of("family") && full != name.text_of("text")) add_text(full, out);
}

// Each part, the text, and the parts from the largest down as one, as a Japanese address is
// written: 東京都港区….
void add_address(const json::Value& address, Out& out) {
  for (const auto part : {"line", "city", "district", "state", "postalCode", "country", "text"}) {
    add_texts(address, part, out);
  }
  if (address.find("text") != nullptr) return;
  std::string full;
  for (const auto part : {"state", "city", "line"})
    append_joined(address, part, full);
  add_text(full, out);
}

// ---- dates

constexpr int64_t open_start = std::numeric_limits<int64_t>::min();
constexpr int64_t open_end = std::numeric_limits<int64_t>::max();

std::optional<Moment> period(const json::Value& value, std::chrono::minutes zone) {
  const auto start = parse_moment(value.text_of("start"), zone);
  const auto end = parse_moment(value.text_of("end"), zone);
  if (!start && !end) return std::nullopt;
  return Moment{start ? start->from : open_start, end ? end->to : open_end};
}

// Only the outer limits matter. search.html#date, Timing
std::optional<Moment> timing(const json::Value& value, std::chrono::minutes zone) {
  std::optional<Moment> outer;
  const auto widen = [&](const std::optional<Moment>& moment) {
    if (!moment) return;
    if (!outer) outer = moment;
    outer->from = std::min(outer->from, moment->from);
    outer->to = std::max(outer->to, moment->to);
  };
  if (const auto* events = value.find("event")) {
    for (const auto& event : events->items())
      widen(parse_moment(event.text(), zone));
  }
  const auto* repeat = value.find("repeat");
  const auto* limits = repeat != nullptr ? repeat->find("boundsPeriod") : nullptr;
  if (limits != nullptr) widen(period(*limits, zone));
  return outer;
}

void add_moment(Shape shape, const json::Value& value, std::chrono::minutes zone, Out& out) {
  std::optional<Moment> moment;
  if (shape == Shape::date) moment = parse_moment(value.text(), zone);
  if (shape == Shape::period) moment = period(value, zone);
  if (shape == Shape::timing) moment = timing(value, zone);
  if (moment) out.emplace_back(*moment);
}

// ---- positions: of the special parameters, near alone has an expression

void add_position(const json::Value& value, Out& out) {
  const auto* latitude = value.find("latitude");
  const auto* longitude = value.find("longitude");
  if (latitude == nullptr || longitude == nullptr) return;
  const auto north = point(latitude->text()), east = point(longitude->text());
  if (north && east) out.emplace_back(Position{north->value, east->value});
}

// ---- tokens

void add_coding(const json::Value& coding, std::string_view concept_text, Out& out) {
  const auto code = coding.text_of("code");
  const auto display = coding.text_of("display");
  if (code.empty() && display.empty()) return;
  out.emplace_back(Token{std::string(coding.text_of("system")), std::string(code),
                         std::string(display.empty() ? concept_text : display)});
}

void add_concept(const json::Value& concept_value, Out& out) {
  const auto text = concept_value.text_of("text");
  if (const auto* codings = concept_value.find("coding")) {
    for (const auto& coding : codings->items())
      add_coding(coding, text, out);
  }
  if (!text.empty()) out.emplace_back(Token{{}, {}, std::string(text)});
}

void add_identifier(const json::Value& identifier, Out& out) {
  const auto* type = identifier.find("type");
  const auto text = type != nullptr ? type->text_of("text") : std::string_view();
  const auto value = identifier.text_of("value");
  if (value.empty()) return;
  Token token{std::string(identifier.text_of("system")), std::string(value), std::string(text)};
  const auto* codings = type != nullptr ? type->find("coding") : nullptr;
  if (codings != nullptr) {
    for (const auto& coding : codings->items())
      token.types.emplace_back(coding.text_of("system"), coding.text_of("code"));
  }
  out.emplace_back(std::move(token));
}

}  // namespace

Converter::Converter(const Definitions& definitions) : definitions_(definitions) {
  for (const auto& [name, shape] : shaped) {
    const auto type = definitions.type(name);
    if (!type) continue;
    const auto place = static_cast<size_t>(*type);
    if (place >= shapes_.size()) shapes_.resize(place + 1, Shape::none);
    shapes_[place] = shape;
  }
}

Shape Converter::shape(TypeId type) const {
  const auto place = static_cast<size_t>(type);
  if (place < shapes_.size() && shapes_[place] != Shape::none) return shapes_[place];
  return type != no_type && definitions_.category(type) == Category::resource ? Shape::resource
                                                                              : Shape::none;
}

void Converter::append(ParameterType type, const path::Item& item, Out& out) const {
  if (item.value.is_null()) return;
  const auto shape = this->shape(item.type);
  switch (type) {
    case ParameterType::token:
      append_token(shape, item, out);
      break;
    case ParameterType::string:
      append_text(shape, item, out);
      break;
    case ParameterType::reference:
      append_link(shape, item, out);
      break;
    case ParameterType::date:
      add_moment(shape, item.value, definitions_.zone(), out);
      break;
    case ParameterType::number: {
      const auto number = shape == Shape::number  ? point(item.value.text())
                          : shape == Shape::range ? range_bounds(item.value)
                                                  : std::nullopt;
      if (number) out.emplace_back(*number);
      break;
    }
    case ParameterType::quantity:
      if (shape == Shape::quantity) add_quantity(item.value, out);
      if (shape == Shape::money) add_money(item.value, out);
      if (shape == Shape::range) add_range(item.value, out);
      if (shape == Shape::sampled_data) add_samples(item.value, out);
      break;
    case ParameterType::uri:
      if (shape != Shape::uri && shape != Shape::canonical) break;
      out.emplace_back(Uri{std::string(item.value.text())});
      // A canonical is found with and without its version. search.html#uri,
      // references.html#canonical
      if (const auto bar = item.value.text().find('|');
          shape == Shape::canonical && bar != std::string_view::npos) {
        out.emplace_back(Uri{std::string(item.value.text().substr(0, bar))});
      }
      break;
    case ParameterType::composite:  // plan.cpp puts parts together
      break;
    case ParameterType::special:
      add_position(item.value, out);
      break;
  }
}

// search.html, 3.1.1.4.4: the table of data types under each parameter type.
bool Converter::fits(ParameterType type, TypeId data) const {
  const auto shape = this->shape(data);
  const auto is_one_of = [&](std::initializer_list<Shape> shapes) {
    return std::ranges::find(shapes, shape) != shapes.end();
  };
  switch (type) {
    case ParameterType::token:
      return is_one_of({Shape::code, Shape::boolean, Shape::text, Shape::uri, Shape::canonical,
                        Shape::coding, Shape::concept_, Shape::identifier, Shape::contact_point});
    case ParameterType::string:
      return is_one_of({Shape::text, Shape::code, Shape::uri, Shape::human_name, Shape::address});
    case ParameterType::reference:
      return is_one_of({Shape::reference, Shape::canonical, Shape::uri, Shape::resource});
    case ParameterType::date:
      return is_one_of({Shape::date, Shape::period, Shape::timing});
    case ParameterType::number:
      return is_one_of({Shape::number, Shape::range});
    case ParameterType::quantity:
      return is_one_of({Shape::quantity, Shape::money, Shape::range, Shape::sampled_data});
    case ParameterType::uri:
      return is_one_of({Shape::uri, Shape::canonical});
    case ParameterType::composite:
      return true;  // its parts are of their own types
    case ParameterType::special:
      break;
  }
  return false;
}

void Converter::append_token(Shape shape, const path::Item& item, Out& out) const {
  const auto& value = item.value;
  switch (shape) {
    case Shape::code:
      out.emplace_back(Token{system_of(item), std::string(value.text()), {}});
      break;
    case Shape::boolean:
      out.emplace_back(Token{{}, value.boolean() ? "true" : "false", {}});
      break;
    case Shape::text:
    case Shape::uri:
    case Shape::canonical:
      out.emplace_back(Token{{}, std::string(value.text()), {}});
      break;
    case Shape::coding:
      add_coding(value, {}, out);
      break;
    case Shape::concept_:
      add_concept(value, out);
      break;
    case Shape::identifier:
      add_identifier(value, out);
      break;
    case Shape::contact_point:
      if (const auto text = value.text_of("value"); !text.empty())
        out.emplace_back(Token{{}, std::string(text), {}});
      break;
    default:
      break;
  }
}

void Converter::append_text(Shape shape, const path::Item& item, Out& out) const {
  const auto& value = item.value;
  switch (shape) {
    case Shape::human_name:
      add_name(value, out);
      break;
    case Shape::address:
      add_address(value, out);
      break;
    case Shape::contact_point:
      add_text(value.text_of("value"), out);
      break;
    case Shape::concept_:
      add_text(value.text_of("text"), out);
      if (const auto* codings = value.find("coding")) {
        for (const auto& coding : codings->items())
          add_text(coding.text_of("display"), out);
      }
      break;
    case Shape::text:
    case Shape::code:
    case Shape::uri:
    case Shape::canonical:
      add_text(value.text(), out);
      break;
    default:
      break;
  }
}

void Converter::append_link(Shape shape, const path::Item& item, Out& out) const {
  const auto& value = item.value;
  if (shape == Shape::canonical || shape == Shape::uri) {
    // "Library/x" as a canonical, which public examples have, is meant as the resource here. What
    // is neither that nor absolute ("#x", a bare name) cannot be asked for.
    // references.html#canonical
    auto link = parse_link(definitions_, value.text());
    if (link && link->id.empty()) link = canonical_link(value.text());
    if (link && (!link->id.empty() || link->url.contains(':'))) out.emplace_back(*std::move(link));
  } else if (shape == Shape::resource) {  // Bundle.entry[0].resource
    const auto id = value.text_of("id");
    if (!id.empty())
      out.emplace_back(
          Link{std::string(value.text_of("resourceType")), std::string(id), {}, {}, {}, {}});
  } else if (shape == Shape::reference) {
    auto link = parse_link(definitions_, value.text_of("reference"));
    const auto* identifier = value.find("identifier");
    if (!link && identifier == nullptr) return;
    if (!link) link.emplace();
    if (identifier != nullptr) {
      link->identifier_system = identifier->text_of("system");
      link->identifier_value = identifier->text_of("value");
    }
    out.emplace_back(*std::move(link));
  }
}

// A code has its system from the binding that is required of it. The value set of one system is
// named as the system is in HL7's own definitions; that it holds this code is checked.
// search.html#token, "code: (implicit)"
std::string Converter::system_of(const path::Item& code) const {
  if (code.element == nullptr || !code.element->binding.required) return {};
  const auto value_set = code.element->binding.value_set;
  const auto slash = value_set.rfind('/');
  if (slash == std::string_view::npos) return {};
  for (const std::string_view home : {"http://hl7.org/fhir/", "http://hl7.org/fhir/CodeSystem/",
                                      "http://terminology.hl7.org/CodeSystem/"}) {
    std::string system(home);
    system += value_set.substr(slash + 1);
    if (definitions_.has_code(value_set, system, code.value.text()) == true) return system;
  }
  return {};
}

}  // namespace tasuki::fhir::search
