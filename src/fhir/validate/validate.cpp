// One walk over document and definitions together. What is required of a type and which choices it has are bits of a
// word (Element::required_bit, choice_bit), so an object costs one look-up a member and one comparison at its end.
#include "fhir/validate/validate.h"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_map>
#include <utility>

#include <fmt/core.h>

#include "fhir/model/image.h"
#include "fhir/validate/findings.h"
#include "fhir/validate/narrative.h"
#include "fhir/validate/primitive.h"
#include "fhir/validate/reference.h"

namespace tasuki::fhir {
namespace {

constexpr int hints_max = 10;  // a look for the nearest name is dear: the first mistakes get one
constexpr int depth_max = 64;  // json::Limits has the same; a tree can also be built by hand

// As much of a value as a message shows, cut between characters.
std::string shown(std::string_view text) {
  constexpr size_t shown_bytes_max = 60;
  if (text.size() <= shown_bytes_max) return std::string(text);
  size_t end = shown_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string_view kind_name(json::Kind kind) {
  switch (kind) {
    case json::Kind::null: return "null";
    case json::Kind::boolean: return "a boolean";
    case json::Kind::number: return "a number";
    case json::Kind::string: return "a string";
    case json::Kind::array: return "an array";
    case json::Kind::object: return "an object";
  }
  return "";
}

struct Hint {
  std::string english, japanese;
};

// A resource whose contained resources a "#id" means; they are listed by id when the first such reference is met.
struct Container {
  const json::Value* resource = nullptr;
  bool is_listed = false;
  std::unordered_map<std::string_view, const json::Value*> contained;
};

class Walker {
 public:
  explicit Walker(const Definitions& definitions)
      : definitions_(definitions), extension_(known("Extension")), reference_(known("Reference")),
        coding_(known("Coding")), codeable_(known("CodeableConcept")), quantity_(known("Quantity")) {}

  std::vector<Finding> walk(const json::Value& root);

 private:
  enum class Role : uint8_t { outermost, contained, inner };  // inner: in a Bundle entry or a parameter

  // What an object has shown so far.
  struct Seen {
    uint64_t required = 0;
    std::array<const Element*, image::choices_max> choices{};
    bool anything = false;  // besides the id
  };

  TypeId known(std::string_view name) const { return definitions_.type(name).value_or(no_type); }

  void resource(const json::Value& value, const Place& place, Role role);
  void members(const json::Value& object, TypeId type, const Place& place);
  void member(const json::Member& one, const json::Value& object, TypeId type, const Place& place, Seen& seen);
  bool mark(const Element& element, const Place& place, Seen& seen);
  void missing(TypeId type, uint64_t seen, const Place& place);
  void unknown(std::string_view name, TypeId type, const Place& place);

  void values(const json::Value& value, const Element& element, const json::Value& object, const Place& place);
  void siblings(const json::Value& value, const Element& element, const json::Value& object, const Place& place);
  void sibling(const json::Value& value, const Element& element, bool has_value, const Place& place);
  void one(const json::Value& value, const Element& element, const Place& place);
  void primitive(const json::Value& value, const Element& element, const Place& place);
  void complex(const json::Value& value, const Element& element, const Place& place);

  void code(const json::Value& value, const Element& element, const Place& place);
  bool is_in_set(const json::Value& coding, const Binding& binding) const;
  void coding(const json::Value& value, const Element& element, const Place& place);
  void codeable(const json::Value& value, const Element& element, const Place& place);
  void reference(const json::Value& value, const Element& element, const Place& place);
  void target(std::string_view type, const Element& element, const Place& place);
  const json::Value* contained(std::string_view id);
  Hint hint(std::string_view name, std::span<const std::string_view> among);
  std::vector<std::string_view> resource_names() const;
  void extension(const json::Value& value, const Place& place);

  const Definitions& definitions_;
  const TypeId extension_, reference_, coding_, codeable_, quantity_;
  Findings findings_;
  Container* container_ = nullptr;
  bool is_in_bundle_ = false;
  int hints_left_ = hints_max;
  int depth_ = 0;
};

std::vector<Finding> Walker::walk(const json::Value& root) {
  const std::string_view name = root.text_of("resourceType");
  const Place place{nullptr, definitions_.resource_type(name) ? name : "Resource", -1};
  is_in_bundle_ = name == "Bundle";
  resource(root, place, Role::outermost);
  return findings_.take();
}

void Walker::resource(const json::Value& value, const Place& place, Role role) {
  if (!value.is_object()) return findings_.add(place, Problem::not_an_object, {kind_name(value.kind())});
  const std::string_view name = value.text_of("resourceType");
  if (name.empty()) return findings_.add(place, Problem::no_resource_type);
  const auto type = definitions_.resource_type(name);
  if (!type) {
    const auto other = definitions_.type(name);
    if (other && definitions_.category(*other) == Category::resource) {
      return findings_.add(place, Problem::abstract_resource_type, {name});
    }
    const Hint near = hint(name, resource_names());
    return findings_.add(place, Problem::unknown_resource_type, {shown(name), near.english, near.japanese});
  }
  if (role == Role::contained && value.find("contained") != nullptr) findings_.add(place, Problem::nested_contained);
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

void Walker::member(const json::Member& one, const json::Value& object, TypeId type, const Place& place, Seen& seen) {
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
    const std::string name = element.is_choice ? std::string(element.stem) + "[x]" : std::string(element.name);
    findings_.add(place, Problem::missing, {name, definitions_.name(type)});
  }
}

void Walker::unknown(std::string_view name, TypeId type, const Place& place) {
  std::vector<std::string_view> names;
  for (const Element& element : definitions_.elements(type)) names.push_back(element.name);
  const Hint near = hint(name, names);
  const std::string shown_name = shown(name);
  findings_.add({&place, shown_name, -1}, Problem::unknown_name,
                {shown_name, definitions_.name(type), near.english, near.japanese});
}

void Walker::values(const json::Value& value, const Element& element, const json::Value& object, const Place& place) {
  if (!element.is_array) {
    const Place here{&place, element.stem, -1};
    if (value.is_array()) return findings_.add(here, Problem::an_array, {element.name});
    return one(value, element, here);
  }
  const Place whole{&place, element.stem, -1};
  if (!value.is_array()) return findings_.add(whole, Problem::not_an_array, {element.name});
  if (value.items().empty()) return findings_.add(whole, Problem::empty_array, {element.name});
  std::span<const json::Value> halves;  // {"given": [null], "_given": [{"extension": ...}]}. json.html#null
  if (std::ranges::any_of(value.items(), &json::Value::is_null)) {
    if (const json::Value* other = object.find("_" + std::string(element.name))) halves = other->items();
  }
  int index = 0;
  for (const json::Value& item : value.items()) {
    if (findings_.is_full()) return;
    const Place here{&place, element.stem, index++};
    if (item.is_null()) {
      const auto at = static_cast<size_t>(here.index);
      if (at >= halves.size() || !halves[at].is_object()) findings_.add(here, Problem::null_value, {element.name});
    } else {
      one(item, element, here);
    }
  }
}

// "_birthDate", "_given": id and extensions of primitive values. json.html#primitive
void Walker::siblings(const json::Value& value, const Element& element, const json::Value& object, const Place& place) {
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
    const bool has_value = values != nullptr && values->is_array() && !values->items()[static_cast<size_t>(here.index)].is_null();
    if (item.is_null()) {
      if (values == nullptr) findings_.add(here, Problem::null_value, {element.name});
    } else {
      sibling(item, element, has_value, here);
    }
  }
}

void Walker::sibling(const json::Value& value, const Element& element, bool has_value, const Place& place) {
  if (!value.is_object()) return findings_.add(place, Problem::not_an_object, {kind_name(value.kind())});
  if (has_value && value.size() == 1 && value.find("id") != nullptr) {  // ele-1 is met by the value
    const Element* id = definitions_.element(element.type, "id");
    return values(value.members().front().value, *id, value, place);
  }
  members(value, element.type, place);
}

void Walker::one(const json::Value& value, const Element& element, const Place& place) {
  switch (definitions_.category(element.type)) {
    case Category::primitive: return primitive(value, element, place);
    case Category::resource: return resource(value, place, element.stem == "contained" ? Role::contained : Role::inner);
    case Category::complex:
    case Category::backbone: return complex(value, element, place);
  }
}

void Walker::primitive(const json::Value& value, const Element& element, const Place& place) {
  const Primitive kind = definitions_.primitive(element.type);
  if (is_primitive_value(kind, value)) {
    if (element.binding.required) code(value, element, place);
    if (kind == Primitive::xhtml) {
      const NarrativeFault fault = narrative_fault(value.text());
      if (!fault.english.empty()) findings_.add(place, Problem::bad_narrative, {fault.english, fault.japanese});
    }
    return;
  }
  const FormatWords format = format_of(kind);
  const std::string_view type = definitions_.name(element.type);
  if (value.is_null()) return findings_.add(place, Problem::null_value, {element.name});
  if (value.is_string() || value.is_number()) {
    return findings_.add(place, Problem::wrong_format, {shown(value.text()), type, format.english, format.japanese});
  }
  findings_.add(place, Problem::not_a_primitive, {element.name, type, format.english, kind_name(value.kind()), format.japanese});
}

void Walker::complex(const json::Value& value, const Element& element, const Place& place) {
  if (!value.is_object()) return findings_.add(place, Problem::not_an_object, {kind_name(value.kind())});
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

// A required binding: the code must be from the value set. terminologies.html#required
void Walker::code(const json::Value& value, const Element& element, const Place& place) {
  if (!value.is_string() || definitions_.has_code(element.binding, {}, value.text()).value_or(true)) return;
  const Hint near = hint(value.text(), definitions_.codes(element.binding));
  findings_.add(place, Problem::code_not_in_set,
                {shown(value.text()), element.binding.value_set, near.english, near.japanese});
}

// A code without its system has no meaning (datatypes.html#Coding), so it is in no set.
bool Walker::is_in_set(const json::Value& coding, const Binding& binding) const {
  const std::string_view system = coding.text_of("system");
  const auto found = definitions_.has_code(binding, system, coding.text_of("code"));
  return !found || (*found && !system.empty());
}

void Walker::coding(const json::Value& value, const Element& element, const Place& place) {
  if (is_in_set(value, element.binding)) return;
  const std::string_view code = value.text_of("code");
  const Hint near = hint(code, definitions_.codes(element.binding));
  findings_.add(place, Problem::coding_not_in_set,
                {shown(code), shown(value.text_of("system")), element.binding.value_set, near.english, near.japanese});
}

void Walker::codeable(const json::Value& value, const Element& element, const Place& place) {
  const json::Value* codings = value.find("coding");
  if (codings != nullptr) {
    for (const json::Value& one : codings->items()) {
      if (is_in_set(one, element.binding)) return;
    }
  }
  if (!definitions_.codes(element.binding).empty()) {
    findings_.add(place, Problem::concept_not_in_set, {element.binding.value_set});
  }
}

void Walker::reference(const json::Value& value, const Element& element, const Place& place) {
  const std::string_view text = value.text_of("reference");
  const std::string_view stated = value.text_of("type");
  // A type that is none ("specimen", in the health check-up samples of the ministry) is let pass: its binding is
  // extensible, and the reference itself says the type.
  if (text.empty()) {
    if (definitions_.resource_type(stated)) target(stated, element, place);
    return;
  }
  const Place here{&place, "reference", -1};
  ReferenceShape shape = shape_of(text);
  using Kind = ReferenceShape::Kind;
  const bool names_type = shape.kind == Kind::relative || shape.kind == Kind::conditional;
  if (shape.kind == Kind::wrong || (shape.kind == Kind::conditional && !is_in_bundle_) ||
      (names_type && !definitions_.resource_type(shape.type))) {
    const Hint near = names_type ? hint(shape.type, resource_names()) : Hint{};
    return findings_.add(here, Problem::bad_reference, {shown(text), near.english, near.japanese});
  }
  if (shape.kind == Kind::fragment) {
    const json::Value* found = shape.id.empty() ? container_->resource : contained(shape.id);
    if (found == nullptr) return findings_.add(here, Problem::no_contained, {shown(text)});
    shape.type = found->text_of("resourceType");
  }
  if (!definitions_.resource_type(shape.type)) return;
  if (!stated.empty() && stated != shape.type && definitions_.resource_type(stated)) {
    return findings_.add(here, Problem::type_disagrees, {shape.type, stated});
  }
  target(shape.type, element, here);
}

void Walker::target(std::string_view type, const Element& element, const Place& place) {
  const auto is_it = [&](TypeId one) { return definitions_.name(one) == type; };
  if (element.targets.empty() || std::ranges::any_of(element.targets, is_it)) return;
  std::string allowed;
  for (const TypeId one : element.targets) {
    if (!allowed.empty()) allowed += ", ";
    allowed += definitions_.name(one);
  }
  findings_.add(place, Problem::wrong_target, {type, allowed});
}

const json::Value* Walker::contained(std::string_view id) {
  if (!std::exchange(container_->is_listed, true)) {
    const json::Value* all = container_->resource->find("contained");
    for (const json::Value& one : all == nullptr ? std::span<const json::Value>() : all->items()) {
      container_->contained.emplace(one.text_of("id"), &one);
    }
  }
  const auto found = container_->contained.find(id);
  return found == container_->contained.end() ? nullptr : found->second;
}

Hint Walker::hint(std::string_view name, std::span<const std::string_view> among) {
  const std::string_view near = hints_left_-- > 0 ? nearest(name, among) : std::string_view();
  if (near.empty()) return {};
  return {fmt::format(" Did you mean \"{}\"?", near), fmt::format("「{}」ではありませんか。", near)};
}

std::vector<std::string_view> Walker::resource_names() const {
  std::vector<std::string_view> names;
  for (const TypeId one : definitions_.resource_types()) names.push_back(definitions_.name(one));
  return names;
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

}  // namespace

std::vector<Finding> validate(const Definitions& definitions, const json::Value& resource) {
  return Walker(definitions).walk(resource);
}

}  // namespace tasuki::fhir
