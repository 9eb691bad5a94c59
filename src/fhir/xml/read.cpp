// XML to the tree of its JSON. FHIR R4 json.html: repeating elements become arrays, id and
// extensions of a primitive go to "_name", and both arrays are kept at equal length by nulls.
#include <algorithm>

#include <fmt/core.h>

#include "base/utf8.h"
#include "fhir/xml/xml.h"
#include "xml/document.h"
#include "xml/print.h"

namespace tasuki::fhir {
namespace {

constexpr std::string_view instance_space = "http://www.w3.org/2001/XMLSchema-instance";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// RFC 8259, 6: what may stand as a number in JSON. Anything else stays a string, which the
// validator then refuses with the element's name.
bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    size_t count = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1))
      ++count;
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

bool is_number(Primitive primitive) {
  return primitive == Primitive::decimal || primitive == Primitive::integer ||
         primitive == Primitive::positive_int || primitive == Primitive::unsigned_int;
}

// A primitive in its two halves; null where it has none.
struct Halves {
  json::Value value, sibling;
};

class XmlReader {
 public:
  XmlReader(const Definitions& definitions, json::Arena& arena)
      : definitions_(definitions),
        arena_(arena),
        extension_(definitions.type("Extension").value_or(no_type)) {}

  Result<json::Value> resource(const xml::Node& node) {
    if (node.space() != fhir_space) return wrong_space(node);
    const auto type = definitions_.resource_type(node.name());
    if (!type) return unknown_resource(node);
    json::Value object = json::Value::object();
    object.append(arena_, "resourceType",
                  json::Value::borrowed(json::Kind::string, definitions_.name(*type)));
    TRY(content(node, *type, object));
    return object;
  }

 private:
  Error wrong(const xml::Node& node, std::string message) const {
    return {Error::Kind::invalid, std::move(message), fmt::format("line {}", node.line())};
  }
  Error wrong_space(const xml::Node& node) const {
    return wrong(
        node, fmt::format("The element <{}> is in the namespace \"{}\"; FHIR's is \"{}\".",
                          utf8::head(node.name(), 64), utf8::head(node.space(), 128), fhir_space));
  }
  Error unknown_resource(const xml::Node& node) const {
    std::vector<std::string_view> names;
    for (const TypeId type : definitions_.resource_types())
      names.push_back(definitions_.name(type));
    return wrong(node, fmt::format("There is no resource type \"{}\"; the nearest is \"{}\".",
                                   utf8::head(node.name(), 64), nearest(node.name(), names)));
  }
  Error unknown_element(const xml::Node& node, TypeId type) const {
    std::vector<std::string_view> names;
    for (const Element& element : definitions_.elements(type))
      names.push_back(element.name);
    return wrong(
        node, fmt::format("{} has no element <{}>; the nearest is <{}>.", definitions_.name(type),
                          utf8::head(node.name(), 64), nearest(node.name(), names)));
  }

  Result<void> content(const xml::Node& node, TypeId type, json::Value& object) {
    TRY(attributes(node, type, object));
    std::string_view last;  // a long array is looked up once
    for (xml::Node child = node.first(); child; child = child.next()) {
      if (!TRY(is_content(child))) continue;
      if (!last.empty() && child.name() == last) continue;
      const Element* element = definitions_.element(type, child.name());
      if (element == nullptr || is_attribute(*element, type)) return unknown_element(child, type);
      if (element->is_array) {
        last = element->name;
        if (has(object, *element)) continue;  // gathered when the first was met
        TRY(array(child, *element, object));
      } else {
        last = {};
        if (has(object, *element))
          return wrong(child, fmt::format("<{}> stands twice, but {} may have only one.",
                                          element->name, definitions_.name(type)));
        TRY(single(child, *element, object));
      }
    }
    return {};
  }

  // Is the child an element of the content? Comments, instructions and blanks are passed over.
  Result<bool> is_content(const xml::Node& child) const {
    if (child.kind() == xml::Node::Kind::text && !is_blank(child.own_text()))
      return wrong(child,
                   "Text stands between elements; FHIR keeps values in the attribute \"value\".");
    if (!child.is_element()) return false;
    const bool narrative = child.space() == xhtml_space && child.name() == "div";
    if (child.space() != fhir_space && !narrative) return wrong_space(child);
    return true;
  }

  bool is_attribute(const Element& element, TypeId type) const {
    if (element.name == "id") return definitions_.category(type) != Category::resource;
    return element.name == "url" && type == extension_;
  }

  bool has(const json::Value& object, const Element& element) const {
    if (object.find(element.name) != nullptr) return true;
    return std::ranges::any_of(object.members(), [&](const json::Member& member) {
      return member.name.starts_with('_') && member.name.substr(1) == element.name;
    });
  }

  Result<void> attributes(const xml::Node& node, TypeId type, json::Value& object) {
    for (const xml::Attribute& attribute : node.attributes()) {
      if (attribute.space == instance_space) continue;  // xsi:schemaLocation: xml.html#schema
      const Element* element =
          attribute.space.empty() ? definitions_.element(type, attribute.name) : nullptr;
      if (element == nullptr || !is_attribute(*element, type))
        return wrong(node, fmt::format("<{}> has no attribute \"{}\".", utf8::head(node.name(), 64),
                                       utf8::head(attribute.name, 64)));
      object.append(arena_, element->name, json::Value::string(arena_, attribute.value));
    }
    return {};
  }

  bool is_primitive(const Element& element) const {
    return definitions_.category(element.type) == Category::primitive &&
           definitions_.primitive(element.type) != Primitive::xhtml;
  }

  std::string_view sibling_name(std::string_view name) {
    std::string text = "_";
    return arena_.copy(text.append(name));
  }

  Result<void> single(const xml::Node& node, const Element& element, json::Value& object) {
    if (!is_primitive(element)) {
      object.append(arena_, element.name, TRY(complex(node, element)));
      return {};
    }
    const Halves halves = TRY(primitive(node, element));
    if (!halves.value.is_null()) object.append(arena_, element.name, halves.value);
    if (!halves.sibling.is_null())
      object.append(arena_, sibling_name(element.name), halves.sibling);
    return {};
  }

  // All of the name, from the first on: they need not stand together.
  Result<void> array(const xml::Node& first, const Element& element, json::Value& object) {
    json::Value values = json::Value::array(), siblings = json::Value::array();
    bool any_value = false, any_sibling = false;
    for (xml::Node node = first; node; node = node.next()) {
      if (!node.is_element() || node.name() != element.name || !TRY(is_content(node))) continue;
      Halves halves;
      if (is_primitive(element)) {
        halves = TRY(primitive(node, element));
      } else {
        halves.value = TRY(complex(node, element));
      }
      any_value |= !halves.value.is_null();
      any_sibling |= !halves.sibling.is_null();
      values.push(arena_, halves.value);
      siblings.push(arena_, halves.sibling);
    }
    if (any_value) object.append(arena_, element.name, values);
    if (any_sibling) object.append(arena_, sibling_name(element.name), siblings);
    return {};
  }

  Result<json::Value> complex(const xml::Node& node, const Element& element) {
    if (definitions_.primitive(element.type) == Primitive::xhtml) return narrative(node);
    if (definitions_.category(element.type) == Category::resource) return inner_resource(node);
    json::Value object = json::Value::object();
    TRY(content(node, element.type, object));
    return object;
  }

  Result<json::Value> narrative(const xml::Node& node) {
    if (node.space() != xhtml_space)
      return wrong(node, fmt::format("<div> must be in the namespace \"{}\".", xhtml_space));
    std::string text;
    xml::print(node, {}, text);
    return json::Value::string(arena_, text);
  }

  // <contained>, <resource>: one resource inside. xml.html, "Resources as elements"
  Result<json::Value> inner_resource(const xml::Node& node) {
    if (!node.attributes().empty())
      return wrong(node, fmt::format("<{}> has no attributes.", node.name()));
    json::Value found;
    for (xml::Node child = node.first(); child; child = child.next()) {
      if (!TRY(is_content(child))) continue;
      if (!found.is_null())
        return wrong(child, fmt::format("<{}> holds more than one resource.", node.name()));
      found = TRY(resource(child));
    }
    if (found.is_null()) return wrong(node, fmt::format("<{}> holds no resource.", node.name()));
    return found;
  }

  Result<Halves> primitive(const xml::Node& node, const Element& element) {
    Halves halves;
    json::Value sibling = json::Value::object();
    for (const xml::Attribute& attribute : node.attributes()) {
      if (attribute.space == instance_space) continue;
      if (attribute.space.empty() && attribute.name == "value") {
        halves.value = value_of(definitions_.primitive(element.type), attribute.value);
      } else if (attribute.space.empty() && attribute.name == "id") {
        sibling.append(arena_, "id", json::Value::string(arena_, attribute.value));
      } else {
        return wrong(node, fmt::format("<{}> has no attribute \"{}\"; it may have value and id.",
                                       element.name, utf8::head(attribute.name, 64)));
      }
    }
    TRY(extensions(node, element, sibling));
    if (sibling.size() > 0) halves.sibling = sibling;
    if (halves.value.is_null() && halves.sibling.is_null())
      return wrong(node, fmt::format("<{}> has neither a value nor an extension.", element.name));
    return halves;
  }

  Result<void> extensions(const xml::Node& node, const Element& element, json::Value& sibling) {
    json::Value extensions = json::Value::array();
    for (xml::Node child = node.first(); child; child = child.next()) {
      if (!TRY(is_content(child))) continue;
      if (child.name() != "extension")
        return wrong(child, fmt::format("<{}> is a primitive: only <extension> may stand in it.",
                                        element.name));
      json::Value extension = json::Value::object();
      TRY(content(child, extension_, extension));
      extensions.push(arena_, extension);
    }
    if (extensions.size() > 0) sibling.append(arena_, "extension", extensions);
    return {};
  }

  json::Value value_of(Primitive primitive, std::string_view text) {
    if (primitive == Primitive::boolean && (text == "true" || text == "false"))
      return json::Value::boolean(text == "true");
    if (is_number(primitive) && is_json_number(text)) return json::Value::number(arena_, text);
    return json::Value::string(arena_, text);
  }

  const Definitions& definitions_;
  json::Arena& arena_;
  const TypeId extension_;
};

}  // namespace

Result<json::Document> from_xml(const Definitions& definitions, const xml::Node& root) {
  json::Document document;
  document.root = TRY(XmlReader(definitions, document.arena).resource(root));
  return document;
}

Result<json::Document> from_xml(const Definitions& definitions, std::string_view text) {
  const xml::Document document = TRY(xml::parse(text));
  return from_xml(definitions, document.root());
}

}  // namespace tasuki::fhir
