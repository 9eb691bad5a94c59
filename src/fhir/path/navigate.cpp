// From an item to its children: FHIR's JSON seen as FHIR's elements. FHIR R4 json.html#primitive.
#include "fhir/path/item.h"

namespace tasuki::fhir::path {
namespace {

System system_of_json(const json::Value& value) {
  if (value.is_boolean()) return System::boolean;
  if (value.is_string()) return System::string;
  if (!value.is_number()) return System::none;
  const bool is_whole = value.text().find_first_of(".eE") == std::string_view::npos;
  return is_whole ? System::integer : System::decimal;
}

// The ids and urls that FHIR types as System.String. FHIR R4 element.html, extensibility.html.
bool is_system_string(const Element& element, const json::Value& value) {
  return value.is_string() && (element.name == "id" || element.name == "url") &&
         !element.is_choice && element.type != no_type;
}

// "_birthDate" beside "birthDate", without making the name.
const json::Value* sibling_of(const json::Value& object, std::string_view name) {
  for (const auto& member : object.members()) {
    if (member.name.size() == name.size() + 1 && member.name[0] == '_' &&
        member.name.substr(1) == name)
      return &member.value;
  }
  return nullptr;
}

void append_child(const Definitions& definitions, const Item& parent, const json::Value& value,
                  const json::Value* sibling, const Element* element, Items& out) {
  if (sibling != nullptr && !sibling->is_object()) sibling = nullptr;
  if (value.is_null() && sibling == nullptr) return;
  Item item{value, sibling, no_type, System::none, element};
  if (element == nullptr) {
    item.system = system_of_json(value);
  } else {
    item.type = element->type;
    if (is_system_string(*element, value) &&
        (element->name == "id" || definitions.name(parent.type) == "Extension"))
      item.system = System::string;
    // Where any resource may stand (contained, Bundle.entry.resource) the document says which it
    // is.
    if (value.is_object() && value.find("resourceType") != nullptr)
      item.type = definitions.type(value.text_of("resourceType")).value_or(element->type);
  }
  out.push_back(item);
}

void append_children(const Definitions& definitions, const Item& parent, const json::Value& value,
                     const json::Value* sibling, const Element* element, Items& out) {
  if (!value.is_array()) return append_child(definitions, parent, value, sibling, element, out);
  const auto extras = sibling != nullptr ? sibling->items() : std::span<const json::Value>();
  for (size_t i = 0; i < value.size(); ++i) {
    const auto* extra = i < extras.size() ? &extras[i] : nullptr;
    append_child(definitions, parent, value.items()[i], extra, element, out);
  }
  // More ids and extensions than values: the rest have no value.
  for (size_t i = value.size(); i < extras.size(); ++i)
    append_child(definitions, parent, {}, &extras[i], element, out);
}

// A primitive of which only extensions are there: "_birthDate" without "birthDate".
void append_bare(const Definitions& definitions, const Item& parent, const json::Value& extra,
                 const Element* element, Items& out) {
  if (extra.is_object()) append_child(definitions, parent, {}, &extra, element, out);
  for (const auto& each : extra.items())
    append_child(definitions, parent, {}, &each, element, out);
}

bool may_have_sibling(const Definitions& definitions, const Element& element) {
  return definitions.category(element.type) == Category::primitive;
}

// What a member holds beside another: not a child of its own.
bool is_sibling(const json::Value& object, std::string_view name) {
  return name.starts_with('_') && object.find(name.substr(1)) != nullptr;
}

void typed_members(const Definitions& definitions, const Item& item, std::string_view stem,
                   bool is_any, Items& out) {
  for (const auto& [name, value] : item.value.members()) {
    const bool is_extra = name.starts_with('_');
    const auto plain = is_extra ? name.substr(1) : name;
    if (!is_any && !plain.starts_with(stem)) continue;
    const auto* element = definitions.element(item.type, plain);
    if (element == nullptr || (!is_any && element->stem != stem)) continue;
    if (is_extra) {
      if (!is_sibling(item.value, name)) append_bare(definitions, item, value, element, out);
      continue;
    }
    const auto* sibling =
        may_have_sibling(definitions, *element) ? sibling_of(item.value, name) : nullptr;
    append_children(definitions, item, value, sibling, element, out);
  }
}

void untyped_members(const Definitions& definitions, const Item& item, std::string_view stem,
                     bool is_any, Items& out) {
  for (const auto& [name, value] : item.value.members()) {
    const bool is_extra = name.starts_with('_');
    const auto plain = is_extra ? name.substr(1) : name;
    if (!is_any && plain != stem) continue;
    if (is_any && name == "resourceType") continue;
    if (is_extra) {
      if (!is_sibling(item.value, name)) append_bare(definitions, item, value, nullptr, out);
      continue;
    }
    append_children(definitions, item, value, sibling_of(item.value, name), nullptr, out);
  }
}

// What a primitive has: the id and the extensions that stand in its sibling.
void primitive_members(const Definitions& definitions, const Item& item, std::string_view stem,
                       bool is_any, Items& out) {
  if (item.sibling == nullptr) return;
  for (const auto& [name, value] : item.sibling->members()) {
    if (!is_any && name != stem) continue;
    const auto* element = item.type == no_type ? nullptr : definitions.element(item.type, name);
    if (element != nullptr || item.type == no_type)
      append_children(definitions, item, value, nullptr, element, out);
  }
}

void members(const Definitions& definitions, const Item& item, std::string_view stem, bool is_any,
             Items& out) {
  if (!item.value.is_object()) return primitive_members(definitions, item, stem, is_any, out);
  if (item.type == no_type) return untyped_members(definitions, item, stem, is_any, out);
  typed_members(definitions, item, stem, is_any, out);
}

std::string_view without_version(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

}  // namespace

bool is_a(const Definitions& definitions, TypeId type, TypeId ancestor) {
  // Types derive at most a few steps; the bound is against a broken image.
  for (int step = 0; type != no_type && step < 16; ++step) {
    if (type == ancestor) return true;
    type = definitions.parent(type);
  }
  return false;
}

Item root(const Definitions& definitions, const json::Value& resource) {
  return {resource, nullptr, definitions.type(resource.text_of("resourceType")).value_or(no_type),
          System::none, nullptr};
}

Item untyped(const json::Value& value) {
  return {value, nullptr, no_type, system_of_json(value), nullptr};
}

void children(const Definitions& definitions, const Item& item, std::string_view stem, Items& out) {
  members(definitions, item, stem, false, out);
  // Not an element, but asked for: which resource is this?
  if (stem == "resourceType" && item.value.is_object()) {
    if (const auto* type = item.value.find(stem)) out.push_back(untyped(*type));
  }
}

void all_children(const Definitions& definitions, const Item& item, Items& out) {
  members(definitions, item, {}, true, out);
}

// "Patient/1", "http://x/fhir/Patient/1/_history/2"; else Reference.type. R4
// references.html#literal.
TypeId reference_target(const Definitions& definitions, const json::Value& value) {
  const auto whole = value.is_object() ? value.text_of("reference") : value.text();
  const auto reference = without_version(whole);
  const auto slash = reference.rfind('/');
  if (slash != std::string_view::npos) {
    const auto before = reference.substr(0, slash);
    const auto begin = before.rfind('/');
    const auto name = begin == std::string_view::npos ? before : before.substr(begin + 1);
    if (const auto type = definitions.resource_type(name)) return *type;
  }
  return definitions.resource_type(value.text_of("type")).value_or(no_type);
}

System kind(const Definitions& definitions, const Item& item) {
  if (item.system != System::none || item.type == no_type) return item.system;
  switch (definitions.primitive(item.type)) {
    case Primitive::none: {
      if (item.value.find("value") == nullptr) return System::none;
      // Quantity, and Age, Duration and their like that are made from it.
      auto type = item.type;
      for (int step = 0; type != no_type && step < 3; ++step) {
        if (definitions.name(type) == "Quantity") return System::quantity;
        type = definitions.parent(type);
      }
      return System::none;
    }
    case Primitive::boolean:
      return System::boolean;
    case Primitive::integer:
    case Primitive::positive_int:
    case Primitive::unsigned_int:
      return System::integer;
    case Primitive::decimal:
      return System::decimal;
    case Primitive::date:
      return System::date;
    case Primitive::date_time:
    case Primitive::instant:
      return System::date_time;
    case Primitive::time:
      return System::time;
    default:
      return System::string;
  }
}

}  // namespace tasuki::fhir::path
