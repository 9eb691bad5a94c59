// One walk over document and definitions together. What is required of a type and which choices it
// has are bits of a word (Element::required_bit, choice_bit), so an object costs one look-up a
// member and one comparison at its end.
#include "fhir/validate/validate.h"

#include <algorithm>
#include <span>
#include <utility>

#include "fhir/validate/checker.h"
#include "fhir/validate/narrative.h"
#include "fhir/validate/order.h"
#include "fhir/validate/primitive.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

constexpr int depth_max = 64;  // json::Limits has the same; a tree can also be built by hand

std::string_view kind_name(json::Kind kind) {
  switch (kind) {
    case json::Kind::null:
      return "null";
    case json::Kind::boolean:
      return "a boolean";
    case json::Kind::number:
      return "a number";
    case json::Kind::string:
      return "a string";
    case json::Kind::array:
      return "an array";
    case json::Kind::object:
      return "an object";
  }
  return "";
}

}  // namespace

std::vector<Finding> Walker::walk(const json::Value& root) {
  const std::string_view name = root.text_of("resourceType");
  const Place place{nullptr, definitions_.resource_type(name) ? name : "Resource", -1};
  is_in_bundle_ = name == "Bundle";
  resource(root, place, Role::outermost);
  return findings_.take();
}

void Walker::resource(const json::Value& value, const Place& place, Role role) {
  if (!value.is_object())
    return findings_.add(place, Problem::not_an_object, {kind_name(value.kind())});
  const std::string_view name = value.text_of("resourceType");
  if (name.empty()) return findings_.add(place, Problem::no_resource_type);
  const auto type = definitions_.resource_type(name);
  if (!type) {
    const auto other = definitions_.type(name);
    if (other && definitions_.category(*other) == Category::resource) {
      return findings_.add(place, Problem::abstract_resource_type, {name});
    }
    const Hint near = hint(name, resource_names());
    return findings_.add(place, Problem::unknown_resource_type,
                         {shown(name), near.english, near.japanese});
  }
  if (role == Role::contained && value.find("contained") != nullptr)
    findings_.add(place, Problem::nested_contained);
  if (role == Role::contained) return members(value, *type, place);
  Container own{.resource = &value, .is_listed = false, .contained = {}};
  Container* const outer = std::exchange(container_, &own);
  members(value, *type, place);
  container_ = outer;
}

// Everything an object of the type may and must have. json.html#2.6.2
void Walker::members(const json::Value& object, TypeId type, const Place& place) {
  if (++depth_ > depth_max) {
    findings_.add(place, Problem::too_deep, {std::to_string(depth_max)});
  } else {
    Seen seen;
    for (const json::Member& one : object.members()) {
      if (findings_.is_full()) break;
      member(one, object, type, place, seen);
    }
    const unsigned count = definitions_.required_count(type);
    const uint64_t all = count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
    if (object.members().empty()) {
      findings_.add(place, Problem::empty_object);
    } else if (!seen.anything && definitions_.category(type) != Category::resource) {
      findings_.add(place, Problem::only_id);
    }
    if (seen.required != all) missing(type, seen.required, place);
  }
  --depth_;
}

void Walker::member(const json::Member& one, const json::Value& object, TypeId type,
                    const Place& place, Seen& seen) {
  if (const Element* element = definitions_.element(type, one.name)) {
    seen.anything = seen.anything || one.name != "id";
    if (mark(*element, place, seen)) values(one.value, *element, object, place);
    return;
  }
  if (one.name.starts_with('_')) {
    const Element* element = definitions_.element(type, one.name.substr(1));
    if (element != nullptr && definitions_.category(element->type) == Category::primitive) {
      seen.anything = true;
      if (mark(*element, place, seen)) siblings(one.value, *element, object, place);
      return;
    }
  }
  if (one.name == "resourceType" && definitions_.category(type) == Category::resource) return;
  seen.anything = true;  // said once is enough
  unknown(one.name, type, place);
}

// Notes that the element is there; false if another of its choices was before.
bool Walker::mark(const Element& element, const Place& place, Seen& seen) {
  if (element.required_bit != 0xff) seen.required |= uint64_t{1} << element.required_bit;
  if (!element.is_choice) return true;
  const Element*& before = seen.choices[element.choice_bit];
  if (before != nullptr && before != &element) {
    findings_.add({&place, element.stem, -1}, Problem::second_choice, {element.stem, before->name});
    return false;
  }
  before = &element;
  return true;
}

void Walker::missing(TypeId type, uint64_t seen, const Place& place) {
  for (const Element& element : definitions_.elements(type)) {
    if (element.required_bit == 0xff || ((seen >> element.required_bit) & 1) != 0) continue;
    seen |= uint64_t{1} << element.required_bit;  // a choice is missed once
    const std::string name =
        element.is_choice ? std::string(element.stem) + "[x]" : std::string(element.name);
    findings_.add(place, Problem::missing, {name, definitions_.name(type)});
  }
}

void Walker::unknown(std::string_view name, TypeId type, const Place& place) {
  std::vector<std::string_view> names;
  for (const Element& element : definitions_.elements(type))
    names.push_back(element.name);
  const Hint near = hint(name, names);
  const std::string shown_name = shown(name);
  findings_.add({&place, shown_name, -1}, Problem::unknown_name,
                {shown_name, definitions_.name(type), near.english, near.japanese});
}

void Walker::values(const json::Value& value, const Element& element, const json::Value& object,
                    const Place& place) {
  if (!element.is_array) {
    const Place here{&place, element.stem, -1};
    if (value.is_array()) return findings_.add(here, Problem::an_array, {element.name});
    return one(value, element, here);
  }
  const Place whole{&place, element.stem, -1};
  if (!value.is_array()) return findings_.add(whole, Problem::not_an_array, {element.name});
  if (value.items().empty()) return findings_.add(whole, Problem::empty_array, {element.name});
  std::span<const json::Value>
      halves;  // {"given": [null], "_given": [{"extension": ...}]}. json.html#null
  if (std::ranges::any_of(value.items(), &json::Value::is_null)) {
    if (const json::Value* other = object.find("_" + std::string(element.name)))
      halves = other->items();
  }
  int index = 0;
  for (const json::Value& item : value.items()) {
    if (findings_.is_full()) return;
    const Place here{&place, element.stem, index++};
    if (item.is_null()) {
      const auto at = static_cast<size_t>(here.index);
      if (at >= halves.size() || !halves[at].is_object())
        findings_.add(here, Problem::null_value, {element.name});
    } else {
      one(item, element, here);
    }
  }
}

// "_birthDate", "_given": id and extensions of primitive values. json.html#primitive
void Walker::siblings(const json::Value& value, const Element& element, const json::Value& object,
                      const Place& place) {
  const json::Value* values = object.find(element.name);
  const Place whole{&place, element.stem, -1};
  if (!element.is_array) {
    if (value.is_array()) return findings_.add(whole, Problem::an_array, {element.name});
    return sibling(value, element, values != nullptr, whole);
  }
  if (!value.is_array()) return findings_.add(whole, Problem::not_an_array, {element.name});
  if (value.items().empty()) return findings_.add(whole, Problem::empty_array, {element.name});
  if (values != nullptr && values->is_array() && values->size() != value.size()) {
    return findings_.add(whole, Problem::lengths_differ, {element.name});
  }
  int index = 0;
  for (const json::Value& item : value.items()) {
    if (findings_.is_full()) return;
    const Place here{&place, element.stem, index++};
    const bool has_value = values != nullptr && values->is_array() &&
                           !values->items()[static_cast<size_t>(here.index)].is_null();
    if (item.is_null()) {
      if (values == nullptr) findings_.add(here, Problem::null_value, {element.name});
    } else {
      sibling(item, element, has_value, here);
    }
  }
}

void Walker::sibling(const json::Value& value, const Element& element, bool has_value,
                     const Place& place) {
  if (!value.is_object())
    return findings_.add(place, Problem::not_an_object, {kind_name(value.kind())});
  if (has_value && value.size() == 1 && value.find("id") != nullptr) {  // ele-1 is met by the value
    const Element* id = definitions_.element(element.type, "id");
    return values(value.members().front().value, *id, value, place);
  }
  members(value, element.type, place);
}

void Walker::one(const json::Value& value, const Element& element, const Place& place) {
  switch (definitions_.category(element.type)) {
    case Category::primitive:
      return primitive(value, element, place);
    case Category::resource:
      return resource(value, place, element.stem == "contained" ? Role::contained : Role::inner);
    case Category::complex:
    case Category::backbone:
      return complex(value, element, place);
  }
}

void Walker::primitive(const json::Value& value, const Element& element, const Place& place) {
  const Primitive kind = definitions_.primitive(element.type);
  if (is_primitive_value(kind, value)) {
    if (element.binding.required) code(value, element, place);
    if (kind == Primitive::xhtml) {
      const NarrativeFault fault = narrative_fault(value.text());
      if (!fault.english.empty())
        findings_.add(place, Problem::bad_narrative, {fault.english, fault.japanese});
    }
    return;
  }
  const FormatWords format = format_of(kind);
  const std::string_view type = definitions_.name(element.type);
  if (value.is_null()) return findings_.add(place, Problem::null_value, {element.name});
  if (value.is_string() || value.is_number()) {
    return findings_.add(place, Problem::wrong_format,
                         {shown(value.text()), type, format.english, format.japanese});
  }
  findings_.add(place, Problem::not_a_primitive,
                {element.name, type, format.english, kind_name(value.kind()), format.japanese});
}

void Walker::complex(const json::Value& value, const Element& element, const Place& place) {
  if (!value.is_object())
    return findings_.add(place, Problem::not_an_object, {kind_name(value.kind())});
  members(value, element.type, place);
  if (findings_.is_full()) return;
  if (element.type == extension_) extension(value, place);
  if (element.type == reference_) reference(value, element, place);
  if (element.type == quantity_ && element.is_simple && value.find("comparator") != nullptr) {
    findings_.add(place, Problem::comparator);
  }
  if (!element.binding.required) return;
  if (element.type == coding_) coding(value, element, place);
  if (element.type == codeable_) codeable(value, element, place);
}

// ext-1: "Must have either extensions or value[x], not both".
void Walker::extension(const json::Value& value, const Place& place) {
  bool has_value = false, has_extensions = false;
  for (const json::Member& member : value.members()) {
    has_value = has_value || member.name.starts_with("value") || member.name.starts_with("_value");
    has_extensions = has_extensions || member.name == "extension";
  }
  if (has_value && has_extensions) findings_.add(place, Problem::extension_and_value);
  if (!has_value && !has_extensions) findings_.add(place, Problem::extension_without_value);
}

std::vector<Finding> validate(const Definitions& definitions, const json::Value& resource) {
  return Walker(definitions).walk(resource);
}

std::vector<Finding> validate(const Rulebook& rulebook, const json::Value& resource,
                              const Options& options) {
  std::vector<Finding> all = validate(rulebook.definitions(), resource);
  Findings more;
  Checker(rulebook, options, more).check(resource);
  for (Finding& one : more.take())
    all.push_back(std::move(one));
  return in_order(resource, std::move(all));
}

}  // namespace tasuki::fhir
