// The tree of a resource's JSON to XML. FHIR R4 xml.html: elements in the order of the definitions,
// values in attributes.
#include <algorithm>

#include <fmt/core.h>

#include "base/utf8.h"
#include "fhir/xml/xml.h"
#include "xml/print.h"

namespace tasuki::fhir {
namespace {

constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

// What an object has under one name: the value, and "_name" beside it.
struct Content {
  const Element* element = nullptr;
  const json::Value* value = nullptr;
  const json::Value* sibling = nullptr;
};

// XHTML's entities are not XML's: "&nbsp;" becomes the character. xml.html, narrative.html
void narrative_text(std::string_view text, std::string& out) {
  constexpr std::string_view own[] = {"amp", "lt", "gt", "quot", "apos"};
  while (!text.empty()) {
    const size_t at = text.find('&');
    out += text.substr(0, at);
    if (at == std::string_view::npos) return;
    text.remove_prefix(at);
    const size_t end = text.find(';');
    const std::string_view name =
        end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
    const bool is_own = std::ranges::find(own, name) != std::end(own) || name.starts_with('#');
    const auto letter = is_own || name.size() > 10 ? std::nullopt : xml::html_entity(name);
    if (letter) {
      utf8::append(out, *letter);
      text.remove_prefix(end + 1);
    } else {
      out += '&';
      text.remove_prefix(1);
    }
  }
}

// A <div> that names no namespace would become FHIR's own.
void narrative(std::string_view div, std::string& out) {
  const size_t start = div.find("<div");
  if (start == std::string_view::npos) return;
  const size_t end = div.find('>', start);
  out += "<div";
  if (!div.substr(start, end - start).contains("xmlns="))
    out.append(" xmlns=\"").append(xhtml_space).append("\"");
  narrative_text(div.substr(start + 4), out);
}

class XmlWriter {
 public:
  XmlWriter(const Definitions& definitions, Layout layout, std::string& out)
      : definitions_(definitions),
        layout_(layout),
        out_(out),
        extension_(definitions.type("Extension").value_or(no_type)) {}

  Result<void> resource(const json::Value& value, bool outermost) {
    const std::string_view name = value.text_of("resourceType");
    const auto type = definitions_.resource_type(name);
    if (!type) return wrong(fmt::format("There is no resource type \"{}\".", utf8::head(name, 64)));
    start(name);
    if (outermost) out_.append(" xmlns=\"").append(fhir_space).append("\"");
    return object(value, *type, name);
  }

 private:
  static Error wrong(std::string message) {
    return {Error::Kind::invalid, "Cannot be written as XML: " + message, {}};
  }

  // Behind "<name": attributes, children, end.
  Result<void> object(const json::Value& value, TypeId type, std::string_view name) {
    std::vector<Content> contents = TRY(contents_of(value, type));
    std::ranges::sort(contents, {}, &Content::element);
    const auto children = std::ranges::stable_partition(
        contents, [&](const Content& content) { return is_attribute(*content.element, type); });
    for (auto each = contents.begin(); each != children.begin(); ++each)
      if (each->value != nullptr) TRY(attribute(each->element->name, each->value->text()));
    const bool has_content = !children.empty();
    if (has_content) open();
    for (const Content& content : children)
      TRY(element(content));
    end(name, has_content);
    return {};
  }

  bool is_attribute(const Element& element, TypeId type) const {
    if (element.name == "id") return definitions_.category(type) != Category::resource;
    return element.name == "url" && type == extension_;
  }

  // No element but the narrative has text of its own, so white space between them says nothing.
  void line() {
    if (layout_ == Layout::compact) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  void start(std::string_view name) {
    line();
    out_ += '<';
    out_ += name;
  }

  void open() {
    out_ += '>';
    ++depth_;
  }

  void end(std::string_view name, bool has_content) {
    if (!has_content) {
      out_ += "/>";
      return;
    }
    --depth_;
    line();
    out_.append("</").append(name).append(">");
  }

  Result<std::vector<Content>> contents_of(const json::Value& value, TypeId type) const {
    std::vector<Content> contents;
    contents.reserve(value.size());
    for (const json::Member& member : value.members()) {
      if (member.name == "resourceType") continue;
      const bool beside = member.name.starts_with('_');
      const Element* element =
          definitions_.element(type, beside ? member.name.substr(1) : member.name);
      if (element == nullptr)
        return wrong(fmt::format("{} has no element \"{}\".", definitions_.name(type),
                                 utf8::head(member.name, 64)));
      auto place = std::ranges::find(contents, element, &Content::element);
      if (place == contents.end()) place = contents.insert(place, {element, nullptr, nullptr});
      (beside ? place->sibling : place->value) = &member.value;
    }
    return contents;
  }

  Result<void> element(const Content& content) {
    if (!content.element->is_array) return one(*content.element, content.value, content.sibling);
    const auto values =
        content.value == nullptr ? std::span<const json::Value>() : content.value->items();
    const auto siblings =
        content.sibling == nullptr ? std::span<const json::Value>() : content.sibling->items();
    for (size_t i = 0; i < std::max(values.size(), siblings.size()); ++i)
      TRY(one(*content.element, i < values.size() ? &values[i] : nullptr,
              i < siblings.size() ? &siblings[i] : nullptr));
    return {};
  }

  // The depth is bounded by the JSON parser's.
  Result<void> one(const Element& element, const json::Value* value, const json::Value* sibling) {
    if (definitions_.primitive(element.type) == Primitive::xhtml) {
      const std::string_view div = value == nullptr ? std::string_view() : value->text();
      if (!xml::is_printable(div)) return wrong("the narrative has a control character.");
      line();
      narrative(div, out_);
      return {};
    }
    start(element.name);
    if (definitions_.category(element.type) == Category::primitive)
      return primitive(element, value, sibling);
    if (value == nullptr || !value->is_object())
      return wrong(fmt::format("\"{}\" is not an object.", element.name));
    if (definitions_.category(element.type) != Category::resource)
      return object(*value, element.type, element.name);
    open();
    TRY(resource(*value, false));
    end(element.name, true);
    return {};
  }

  Result<void> primitive(const Element& element, const json::Value* value,
                         const json::Value* sibling) {
    const json::Value* extensions = nullptr;
    if (sibling != nullptr && sibling->is_object()) {
      if (const json::Value* id = sibling->find("id")) TRY(attribute("id", id->text()));
      extensions = sibling->find("extension");
    }
    if (value != nullptr && value->is_boolean()) {
      TRY(attribute("value", value->boolean() ? "true" : "false"));
    } else if (value != nullptr && !value->is_null()) {
      TRY(attribute("value", value->text()));
    }
    const bool has_content = extensions != nullptr && extensions->size() > 0;
    if (has_content) {
      open();
      for (const json::Value& extension : extensions->items()) {
        start("extension");
        TRY(object(extension, extension_, "extension"));
      }
    }
    end(element.name, has_content);
    return {};
  }

  Result<void> attribute(std::string_view name, std::string_view text) {
    if (!xml::is_printable(text))
      return wrong(fmt::format("a value of \"{}\" has a control character.", name));
    out_.append(" ").append(name).append("=\"");
    xml::print_attribute(text, out_);
    out_ += '"';
    return {};
  }

  const Definitions& definitions_;
  const Layout layout_;
  std::string& out_;
  const TypeId extension_;
  size_t depth_ = 0;
};

}  // namespace

Result<std::string> to_xml(const Definitions& definitions, const json::Value& resource,
                           Layout layout) {
  std::string out(declaration);
  TRY(XmlWriter(definitions, layout, out).resource(resource, true));
  return out;
}

}  // namespace tasuki::fhir
