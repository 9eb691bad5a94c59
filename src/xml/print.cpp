#include "xml/print.h"

#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

#include "xml/view.h"

namespace tasuki::xml {
namespace {

constexpr std::string_view xml_space = "http://www.w3.org/XML/1998/namespace";

void escape(std::string_view text, bool quoted, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\r':  // a reader would make it a line feed (XML 2.11)
        out += "&#13;";
        break;
      case '"':
        out += quoted ? "&quot;" : "\"";
        break;
      case '\n':  // and these, in an attribute, a space (XML 3.3.3)
        out += quoted ? "&#10;" : "\n";
        break;
      case '\t':
        out += quoted ? "&#9;" : "\t";
        break;
      default:
        out += c;
    }
  }
}

void attribute(std::string_view prefix, std::string_view name, std::string_view value,
               std::string& out) {
  out += ' ';
  if (!prefix.empty()) {
    out += prefix;
    if (!name.empty()) out += ':';
  }
  out += name;
  out += "=\"";
  print_attribute(value, out);
  out += '"';
}

void attributes(const Node& node, std::string& out) {
  for (const xmlAttr* each = node.raw()->properties; each != nullptr; each = each->next) {
    std::string value;
    for (const xmlNode* part = each->children; part != nullptr; part = part->next)
      value += view(part->content);
    const std::string_view prefix =
        each->ns == nullptr ? std::string_view() : view(each->ns->prefix);
    if (each->ns != nullptr && view(each->ns->href) != xml_space) {
      const std::string declared = "xmlns:" + std::string(prefix);
      if (!out.contains(' ' + declared + '=')) attribute({}, declared, view(each->ns->href), out);
    }
    attribute(prefix, view(each->name), value, out);
  }
}

void element(const Node& node, std::string_view space, std::string& out) {
  std::string tag = "<" + std::string(node.name());
  if (node.space() != space) attribute({}, "xmlns", node.space(), tag);
  attributes(node, tag);
  out += tag;
  if (!node.first()) {
    out += "/>";
    return;
  }
  out += '>';
  for (Node child = node.first(); child; child = child.next())
    print(child, node.space(), out);
  out += "</";
  out += node.name();
  out += '>';
}

}  // namespace

// The depth is bounded by the parser's.
void print(const Node& node, std::string_view space, std::string& out) {
  switch (node.kind()) {
    case Node::Kind::element:
      element(node, space, out);
      break;
    case Node::Kind::text:
      print_text(node.own_text(), out);
      break;
    case Node::Kind::comment:
      out.append("<!--").append(node.own_text()).append("-->");
      break;
    case Node::Kind::instruction:
      out.append("<?").append(node.name());
      if (!node.own_text().empty()) out.append(" ").append(node.own_text());
      out.append("?>");
      break;
    case Node::Kind::attribute:
    case Node::Kind::other:
      break;
  }
}

void print_text(std::string_view text, std::string& out) {
  escape(text, false, out);
}

void print_attribute(std::string_view text, std::string& out) {
  escape(text, true, out);
}

bool is_printable(std::string_view utf8) {
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    // U+FFFE and U+FFFF: EF BF BE, EF BF BF.
    if (byte == 0xEF && utf8.substr(i).starts_with("\xEF\xBF") && i + 2 < utf8.size() &&
        static_cast<unsigned char>(utf8[i + 2]) >= 0xBE)
      return false;
  }
  return true;
}

std::optional<char32_t> html_entity(std::string_view name) {
  const std::string text(name);
  const auto* const found = htmlEntityLookup(reinterpret_cast<const xmlChar*>(text.c_str()));
  if (found == nullptr) return std::nullopt;
  return static_cast<char32_t>(found->value);
}

}  // namespace tasuki::xml
