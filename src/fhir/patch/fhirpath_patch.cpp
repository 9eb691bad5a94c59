// FHIR R4 fhirpatch.html. Where R4 is silent, R5's page of the same name decides: delete of what is
// not there succeeds, add to an element that stands and does not repeat fails.
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/utf8.h"
#include "fhir/patch/locate.h"
#include "fhir/patch/patch.h"

namespace tasuki::fhir {
namespace {

// What a part gives: value[x] with its type, a resource, or parts that make a backbone element.
struct Given {
  json::Value value, sibling;          // null where not given
  std::string_view type;               // "CodeableConcept"; empty: parts or a resource
  const json::Value* parts = nullptr;  // made into an object once the element's type is known
};

Error wrong(std::string what) {
  return {Error::Kind::invalid, "In the patch: " + std::move(what) + ".", {}};
}

const json::Value* part_named(const json::Value& operation, std::string_view name) {
  const json::Value* parts = operation.find("part");
  if (parts == nullptr) return nullptr;
  for (const json::Value& part : parts->items())
    if (part.text_of("name") == name) return &part;
  return nullptr;
}

Given given_by(const json::Value& part) {
  Given given;
  for (const json::Member& member : part.members()) {
    if (member.name.starts_with("value")) {
      given.value = member.value;
      given.type = member.name.substr(5);
    } else if (member.name.starts_with("_value")) {
      given.sibling = member.value;
      given.type = member.name.substr(6);
    } else if (member.name == "resource") {
      given.value = member.value;
    } else if (member.name == "part") {
      given.parts = &member.value;
    }
  }
  return given;
}

class FhirpathPatcher {
 public:
  FhirpathPatcher(const Definitions& definitions, json::Document& target, const PatchLimits& limits)
      : definitions_(definitions),
        target_(target),
        budget_(limits),
        locator_(definitions, target, budget_) {}

  Result<void> apply(const json::Value& operation) {
    const std::string type = TRY(text_part(operation, "type"));
    const std::string path = TRY(text_part(operation, "path"));
    if (type == "add") return add(operation, path);
    if (type == "insert") return insert(operation, path);
    if (type == "delete") return remove(path);
    if (type == "replace") return replace(operation, path);
    if (type == "move") return move(operation, path);
    return wrong(fmt::format("type is \"{}\"; there are add, insert, delete, replace and move",
                             utf8::head(type, 64)));
  }

 private:
  static Result<std::string> text_part(const json::Value& operation, std::string_view name) {
    const json::Value* part = part_named(operation, name);
    const Given given = part == nullptr ? Given{} : given_by(*part);
    if (!given.value.is_string())
      return wrong(fmt::format("the operation needs the part \"{}\", a text", name));
    return std::string(given.value.text());
  }

  static Result<size_t> index_part(const json::Value& operation, std::string_view name) {
    const json::Value* part = part_named(operation, name);
    const Given given = part == nullptr ? Given{} : given_by(*part);
    size_t index = 0;
    const std::string_view text = given.value.text();
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (!given.value.is_number() || failure != std::errc() || end != text.data() + text.size())
      return wrong(fmt::format("the operation needs the part \"{}\", a whole number from 0", name));
    return index;
  }

  static Result<Given> value_part(const json::Value& operation) {
    const json::Value* part = part_named(operation, "value");
    const Given given = part == nullptr ? Given{} : given_by(*part);
    if (given.value.is_null() && given.sibling.is_null() && given.parts == nullptr)
      return wrong("the operation needs the part \"value\"");
    return given;
  }

  // The value as it will stand in the target: copied, of the element's type.
  Result<Given> made(const Element& element, const Given& given) {
    Given copy = given;
    if (given.parts != nullptr) {
      copy.value = TRY(object_of(*given.parts, element.type));
      return copy;
    }
    TRY(check_type(element, given));
    TRY(budget_.spend(extent_of(given.value).nodes + extent_of(given.sibling).nodes));
    copy.value = json::clone(given.value, target_.arena);
    copy.sibling = json::clone(given.sibling, target_.arena);
    return copy;
  }

  // "The type of the value must be correct for the place". Primitives are told apart by their
  // format, which is the validator's: a path given as valueString may well become a code.
  Result<void> check_type(const Element& element, const Given& given) const {
    const bool is_primitive = definitions_.category(element.type) == Category::primitive;
    if (is_primitive == !(given.value.is_object() || given.value.is_array())) {
      if (is_primitive || given.type.empty() || given.type == definitions_.name(element.type))
        return {};
      const auto type = definitions_.type(given.type);
      if (type && path::is_a(definitions_, *type, element.type)) return {};
    }
    return wrong(fmt::format("{} is a {}, not a {}", element.name, definitions_.name(element.type),
                             given.type.empty() ? "resource" : utf8::head(given.type, 64)));
  }

  Result<json::Value> object_of(const json::Value& parts, TypeId type) {
    json::Value object = json::Value::object();
    for (const json::Value& part : parts.items()) {
      const Given given = given_by(part);
      const Element& element = *TRY(element_of(type, part.text_of("name"), given.type));
      const Given value = TRY(made(element, given));
      TRY(put(object, element, value));
    }
    return object;
  }

  Result<const Element*> element_of(TypeId type, std::string_view name,
                                    std::string_view value_type) const {
    if (const Element* element = element_named(definitions_, type, name, value_type))
      return element;
    std::vector<std::string_view> names;
    for (const Element& element : definitions_.elements(type))
      names.push_back(element.name);
    return wrong(fmt::format("{} has no element \"{}\" of type {}; the nearest is \"{}\"",
                             definitions_.name(type), utf8::head(name, 64),
                             utf8::head(value_type, 64), nearest(name, names)));
  }

  static std::string beside(const Element& element) { return "_" + std::string(element.name); }

  static size_t length_of(const json::Value& object, const Element& element) {
    const json::Value* values = object.find(element.name);
    const json::Value* siblings = object.find(beside(element));
    return std::max(values == nullptr ? 0 : values->size(),
                    siblings == nullptr ? 0 : siblings->size());
  }

  // Behind what stands, or where nothing stands yet.
  Result<void> put(json::Value& object, const Element& element, const Given& given) {
    if (element.is_array) return put_at(object, element, length_of(object, element), given);
    if (object.find(element.name) != nullptr || object.find(beside(element)) != nullptr)
      return wrong(
          fmt::format("{} stands already and cannot repeat; replace it instead", element.name));
    if (!given.value.is_null()) object.set(target_.arena, element.name, given.value);
    if (!given.sibling.is_null()) object.set(target_.arena, beside(element), given.sibling);
    return {};
  }

  // Both halves of a list of primitives stay of one length. json.html#primitive
  Result<void> put_at(json::Value& object, const Element& element, size_t index,
                      const Given& given) {
    const size_t length = length_of(object, element);
    TRY(budget_.spend(length - index + 1));
    const auto half = [&](const std::string& name, const json::Value& value) {
      json::Value* list = object.find(name);
      if (list == nullptr && value.is_null()) return;
      if (list == nullptr) list = &object.set(target_.arena, name, json::Value::array());
      while (list->size() < length)
        list->push(target_.arena, json::Value());
      insert_at(*list, index, value, target_.arena);
    };
    half(std::string(element.name), given.value);
    half(beside(element), given.sibling);
    return {};
  }

  Result<std::optional<Location>> one(std::string_view path) {
    const auto found = TRY(locator_.elements(path));
    if (found.size() > 1)
      return wrong(fmt::format("\"{}\" leads to more than one element; it must name one",
                               utf8::head(path, 256)));
    return found.empty() ? std::optional<Location>() : found.front();
  }

  Result<void> add(const json::Value& operation, const std::string& path) {
    const std::string name = TRY(text_part(operation, "name"));
    const Given given = TRY(value_part(operation));
    const Holder holder = TRY(locator_.holder(path));
    const Element& element = *TRY(element_of(holder.type, name, given.type));
    const Given value = TRY(made(element, given));
    return put(*holder.object, element, value);
  }

  Result<void> insert(const json::Value& operation, const std::string& path) {
    const size_t index = TRY(index_part(operation, "index"));
    const Given given = TRY(value_part(operation));
    const Location list = TRY(locator_.list(path));
    const size_t length = length_of(*list.holder.object, *list.element);
    if (index > length)
      return wrong(fmt::format("the index {} lies outside the list of {}", index, length));
    const Given value = TRY(made(*list.element, given));
    return put_at(*list.holder.object, *list.element, index, value);
  }

  Result<void> remove(const std::string& path) {
    const auto location = TRY(one(path));
    if (!location) return {};
    TRY(take_out(*location));
    TRY(budget_.spend(extent_of(target_.root).nodes));
    prune(target_.root, false);
    return {};
  }

  Result<void> take_out(const Location& location) {
    json::Value& object = *location.holder.object;
    for (const std::string& name :
         {std::string(location.element->name), beside(*location.element)}) {
      json::Value* value = object.find(name);
      if (value == nullptr) continue;
      if (!location.index) {
        object.remove(name);
      } else if (*location.index < value->size()) {
        TRY(budget_.spend(value->size()));
        remove_at(*value, *location.index, target_.arena);
      }
    }
    return {};
  }

  // What became empty goes: FHIR has no empty objects and arrays. json.html. Beside a list of
  // primitives a gap stays null.
  void prune(json::Value& value, bool keeps_places) {
    if (value.is_array()) {
      json::Value kept = json::Value::array();
      bool any = false;
      for (json::Value& item : value.items()) {
        prune(item, false);
        const bool empty = (item.is_object() || item.is_array()) && item.size() == 0;
        if (empty && !keeps_places) continue;
        kept.push(target_.arena, empty ? json::Value() : item);
        any |= !empty && !item.is_null();
      }
      value = any ? kept : json::Value::array();
      return;
    }
    std::vector<std::string_view> empty;
    for (json::Member& member : value.members()) {
      if (!member.value.is_object() && !member.value.is_array()) continue;
      prune(member.value, member.name.starts_with('_'));
      if (member.value.size() == 0) empty.push_back(member.name);
    }
    for (const std::string_view name : empty)
      value.remove(name);
  }

  Result<void> replace(const json::Value& operation, const std::string& path) {
    const Given given = TRY(value_part(operation));
    const auto location = TRY(one(path));
    if (!location)
      return wrong(fmt::format("there is nothing at \"{}\" to replace", utf8::head(path, 256)));
    const Element* element = location->element;
    if (element->is_choice && !given.type.empty())
      element = TRY(element_of(location->holder.type, element->stem, given.type));
    const Given value = TRY(made(*element, given));
    TRY(take_out(*location));
    if (location->index) return put_at(*location->holder.object, *element, *location->index, value);
    return put(*location->holder.object, *element, value);
  }

  Result<void> move(const json::Value& operation, const std::string& path) {
    const size_t source = TRY(index_part(operation, "source"));
    const size_t destination = TRY(index_part(operation, "destination"));
    const Location list = TRY(locator_.list(path));
    const size_t length = length_of(*list.holder.object, *list.element);
    if (source >= length || destination >= length)
      return wrong(fmt::format("source and destination must lie inside the list of {}", length));
    for (const std::string& name : {std::string(list.element->name), beside(*list.element)}) {
      json::Value* values = list.holder.object->find(name);
      if (values == nullptr) continue;
      TRY(budget_.spend(length));
      while (values->size() < length)
        values->push(target_.arena, json::Value());
      const json::Value moved = values->items()[source];
      remove_at(*values, source, target_.arena);
      insert_at(*values, destination, moved, target_.arena);
    }
    return {};
  }

  const Definitions& definitions_;
  json::Document& target_;
  Budget budget_;
  Locator locator_;
};

}  // namespace

Result<void> apply_fhirpath_patch(const Definitions& definitions, json::Document& target,
                                  const json::Value& parameters, PatchLimits limits) {
  if (parameters.text_of("resourceType") != "Parameters")
    return wrong("a FHIRPath Patch is a Parameters resource");
  const json::Value* operations = parameters.find("parameter");
  if (operations == nullptr) return {};
  if (operations->size() > limits.operations_max)
    return Error{Error::Kind::too_costly,
                 fmt::format("The patch has {} operations; at most {} are taken.",
                             operations->size(), limits.operations_max),
                 {}};
  FhirpathPatcher patcher(definitions, target, limits);
  size_t number = 0;
  for (const json::Value& operation : operations->items()) {
    const std::string where = fmt::format("Parameters.parameter[{}]", number++);
    if (operation.text_of("name") != "operation") {
      Error error = wrong("each parameter is named \"operation\"");
      error.location = where;
      return error;
    }
    auto applied = patcher.apply(operation);
    if (applied) continue;
    applied.error().location = where;
    return applied;
  }
  if (extent_of(target.root).depth > limits.depth_max)
    return Error{Error::Kind::too_costly, "The result would be nested too deeply.", {}};
  return {};
}

}  // namespace tasuki::fhir
