#include "fhir/patch/locate.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/utf8.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir {
namespace {

Error wrong(std::string_view path, std::string_view what) {
  return {Error::Kind::invalid,
          fmt::format("In the patch, the path \"{}\" {}.", utf8::head(path, 256), what),
          {}};
}

// Is it the same value in the same place, not only an equal one?
bool is_same_handle(const json::Value& left, const json::Value& right) {
  if (left.kind() != right.kind() || left.size() != right.size() || left.size() == 0) return false;
  if (left.is_object()) return left.members().data() == right.members().data();
  return left.text().data() == right.text().data();
}

}  // namespace

const Element* element_named(const Definitions& definitions, TypeId type, std::string_view name,
                             std::string_view value_type) {
  if (const Element* element = definitions.element(type, name)) return element;
  if (name.ends_with("[x]")) name.remove_suffix(3);
  for (const Element& element : definitions.elements(type))
    if (element.is_choice && element.stem == name &&
        element.name.substr(element.stem.size()) == value_type)
      return &element;
  return nullptr;
}

// Every element of the object and below: visit(Visited). The depth is bounded by the parser's.
template <class Visit>
Result<void> Locator::walk(Holder holder, Visit&& visit) {
  for (json::Member& member : holder.object->members()) {
    const bool beside = member.name.starts_with('_');
    const std::string_view name = beside ? member.name.substr(1) : member.name;
    const Element* element = definitions_.element(holder.type, name);
    if (element == nullptr) continue;
    const auto one = [&](json::Value& value, std::optional<size_t> index) -> Result<void> {
      TRY(budget_.spend(1));
      Visited visited{{holder, element, index}, nullptr, nullptr};
      (beside ? visited.sibling : visited.value) = &value;
      visit(visited);
      if (!value.is_object()) return {};
      TypeId inner = beside ? element_type_ : element->type;
      if (!beside && definitions_.category(element->type) == Category::resource)
        inner = definitions_.resource_type(value.text_of("resourceType")).value_or(no_type);
      if (inner == no_type) return {};
      return walk({&value, inner}, visit);
    };
    if (!member.value.is_array()) {
      TRY(one(member.value, {}));
      continue;
    }
    size_t index = 0;
    for (json::Value& item : member.value.items())
      TRY(one(item, index++));
  }
  return {};
}

Result<path::Expression> Locator::compiled(std::string_view path) const {
  auto expression = path::Expression::compile(definitions_, path);
  if (!expression) return wrong(path, "is not understood: " + expression.error().message);
  return expression;
}

Result<path::Items> Locator::evaluate(const path::Expression& expression) {
  const path::Item root = path::root(definitions_, target_.root);
  return expression.evaluate(root, root, target_.arena);
}

Result<Locator::Visited> Locator::place_of(const path::Item& item,
                                           const path::Expression& expression) {
  if (item.value.is_boolean() && item.sibling == nullptr) return place_of_boolean(item, expression);
  std::optional<Visited> found;
  TRY(walk({&target_.root, path::root(definitions_, target_.root).type},
           [&](const Visited& visited) {
             const bool same = visited.value != nullptr ? is_same_handle(*visited.value, item.value)
                                                        : visited.sibling == item.sibling;
             if (same && !found) found = visited;
           }));
  if (!found)
    return wrong(expression.tree().text,
                 "computes a value; a patch needs an element of the resource");
  return *found;
}

Result<Locator::Visited> Locator::place_of_boolean(const path::Item& item,
                                                   const path::Expression& expression) {
  const path::Node& top = expression.tree().nodes[expression.top()];
  if (item.element == nullptr || top.op != path::Op::member)
    return wrong(expression.tree().text, "must end with the name of the true or false it changes");
  const Holder holder =
      TRY(this->holder(expression.part(top.left, path::no_node), expression.tree().text));
  return Visited{{holder, item.element, {}}, holder.object->find(item.element->name), nullptr};
}

Result<std::vector<Location>> Locator::elements(std::string_view path) {
  const path::Expression expression = TRY(compiled(path));
  const path::Items items = TRY(evaluate(expression));
  std::vector<Location> locations;
  for (const path::Item& item : items) {
    if (is_same_handle(item.value, target_.root))
      return wrong(path, "is the resource itself; only its elements can be changed");
    locations.push_back(TRY(place_of(item, expression)).location);
    if (locations.size() > 1) break;  // a third would change nothing
  }
  return locations;
}

Result<Holder> Locator::holder(std::string_view path) {
  return holder(TRY(compiled(path)), path);
}

Result<Holder> Locator::holder(const path::Expression& expression, std::string_view path) {
  const path::Items items = TRY(evaluate(expression));
  if (items.size() != 1)
    return wrong(path, items.empty() ? "leads nowhere in this resource"
                                     : "leads to more than one element; it must name one");
  if (is_same_handle(items.front().value, target_.root))
    return Holder{&target_.root, path::root(definitions_, target_.root).type};
  const Visited place = TRY(place_of(items.front(), expression));
  if (place.value != nullptr && place.value->is_object()) {
    TypeId type = place.location.element->type;
    if (definitions_.category(type) == Category::resource)
      type = definitions_.resource_type(place.value->text_of("resourceType")).value_or(no_type);
    return Holder{place.value, type};
  }
  if (place.sibling != nullptr && place.sibling->is_object())
    return Holder{place.sibling, element_type_};
  return sibling_of(place.location);
}

// "_birthDate" of "birthDate", made when it is not there: what holds a primitive's extensions.
Holder Locator::sibling_of(const Location& location) {
  json::Value& object = *location.holder.object;
  const std::string name = "_" + std::string(location.element->name);
  json::Value* sibling = object.find(name);
  if (!location.index) {
    if (sibling == nullptr) sibling = &object.set(target_.arena, name, json::Value::object());
    return {sibling, element_type_};
  }
  if (sibling == nullptr) sibling = &object.set(target_.arena, name, json::Value::array());
  while (sibling->size() <= *location.index)
    sibling->push(target_.arena, json::Value());
  json::Value& item = sibling->items()[*location.index];
  if (!item.is_object()) item = json::Value::object();
  return {&item, element_type_};
}

Result<Location> Locator::list(std::string_view path) {
  const path::Expression expression = TRY(compiled(path));
  const path::Node& top = expression.tree().nodes[expression.top()];
  if (top.op != path::Op::member)
    return wrong(path, "must end with the name of a list, such as Patient.identifier");
  const Holder holder = TRY(this->holder(expression.part(top.left, path::no_node), path));
  const Element* element = definitions_.element(holder.type, top.name);
  if (element == nullptr || !element->is_array) return wrong(path, "is not a list");
  return Location{holder, element, {}};
}

}  // namespace tasuki::fhir
