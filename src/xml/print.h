// A tree to XML text: prefixes replaced by default namespaces, CDATA by text, attributes in their
// order. parse(print(n)) is the same tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "xml/document.h"

namespace tasuki::xml {

// `space`: the default namespace where the text will stand; declared again only where it changes.
void print(const Node& node, std::string_view space, std::string& out);

void print_text(std::string_view text, std::string& out);       // between tags
void print_attribute(std::string_view text, std::string& out);  // between double quotes

// Is every character one that XML 1.0 can hold (2.2, Char)? Most control characters are not.
bool is_printable(std::string_view utf8);

// "nbsp" to U+00A0: the names XHTML knows and XML does not.
std::optional<char32_t> html_entity(std::string_view name);

}  // namespace tasuki::xml
