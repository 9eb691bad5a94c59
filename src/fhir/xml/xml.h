// A resource as XML, and back: the same content as its JSON, nothing lost. FHIR R4 xml.html,
// json.html#xml
//
// What is an attribute, what repeats, what is a number: the definitions say it, no type is named
// here but Extension (its url is an attribute) and xhtml (kept as its text). Decimals keep their
// digits. Comments and white space between elements are no content and are left behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::xml {
class Node;
}

namespace tasuki::fhir {

// Refused, with line: what is not XML, elements and attributes FHIR does not define (the nearest is
// named), a wrong namespace, text between elements. Values are not judged: that is the validator's.
Result<json::Document> from_xml(const Definitions& definitions, std::string_view text);
Result<json::Document> from_xml(const Definitions& definitions, const xml::Node& root);

enum class Layout : uint8_t {
  compact,
  indented,  // an element a line; narratives as they are, white space is content there
};

// Elements in the order of the definitions. Invalid when the tree has a name FHIR does not define
// or a character XML cannot hold.
Result<std::string> to_xml(const Definitions& definitions, const json::Value& resource,
                           Layout layout = Layout::compact);

inline constexpr std::string_view fhir_space = "http://hl7.org/fhir";
inline constexpr std::string_view xhtml_space = "http://www.w3.org/1999/xhtml";

}  // namespace tasuki::fhir
