// What values mean: codes in their value sets, references to what they may point to.
#include <algorithm>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "fhir/validate/reference.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {

// A required binding: the code must be from the value set. terminologies.html#required
void Walker::code(const json::Value& value, const Element& element, const Place& place) {
  if (!value.is_string() || definitions_.has_code(element.binding, {}, value.text()).value_or(true))
    return;
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
                {shown(code), shown(value.text_of("system")), element.binding.value_set,
                 near.english, near.japanese});
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
  // A type that is none ("specimen", in the health check-up samples of the ministry) is let pass:
  // its binding is extensible, and the reference itself says the type.
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
  return {fmt::format(" Did you mean \"{}\"?", near),
          fmt::format("「{}」ではありませんか。", near)};
}

std::vector<std::string_view> Walker::resource_names() const {
  std::vector<std::string_view> names;
  for (const TypeId one : definitions_.resource_types())
    names.push_back(definitions_.name(one));
  return names;
}

std::string shown(std::string_view text) {
  constexpr size_t shown_bytes_max = 60;
  if (text.size() <= shown_bytes_max) return std::string(text);
  size_t end = shown_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace tasuki::fhir
