// The shape of a reference. FHIR R4 references.html#literal, urls in http.html#general.
#pragma once

#include <string_view>

namespace tasuki::fhir {

struct ReferenceShape {
  enum class Kind : uint8_t { wrong, relative, absolute, fragment, urn, conditional };
  Kind kind = Kind::wrong;
  std::string_view
      type;  // "Patient", where the text says so: the caller knows whether there is such a type
  std::string_view id;  // of a fragment what stands after "#"
};

ReferenceShape shape_of(std::string_view reference);

}  // namespace tasuki::fhir
