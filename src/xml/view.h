// libxml2's zero-terminated bytes as text; nothing where it has none.
#pragma once

#include <libxml/xmlstring.h>

#include <string_view>

namespace tasuki::xml {

inline std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(text));
}

}  // namespace tasuki::xml
