#include "fhir/validate/reference.h"

#include <algorithm>

#include "fhir/validate/primitive.h"

namespace tasuki::fhir {
namespace {

bool is_letter(char letter) {
  return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

// "Patient/p1", "Patient/p1/_history/2": type and id.
ReferenceShape relative(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view type = text.substr(0, slash);
  std::string_view id = text.substr(slash + 1);
  if (const size_t history = id.find("/_history/"); history != std::string_view::npos) {
    if (!is_id(id.substr(history + std::string_view("/_history/").size()))) return {};
    id = id.substr(0, history);
  }
  if (type.empty() || !std::ranges::all_of(type, is_letter) || !is_id(id)) return {};
  return {ReferenceShape::Kind::relative, type, id};
}

// The last two steps of a RESTful address; of any other address nothing is known.
ReferenceShape absolute(std::string_view text) {
  ReferenceShape shape{ReferenceShape::Kind::absolute, {}, {}};
  const std::string_view path = text.substr(0, text.find_first_of("?#"));
  std::string_view steps = path.substr(0, path.find("/_history/"));
  const size_t last = steps.rfind('/');
  if (last == std::string_view::npos || last == 0) return shape;
  const size_t before = steps.rfind('/', last - 1);
  if (before == std::string_view::npos) return shape;
  const ReferenceShape end = relative(steps.substr(before + 1));
  shape.type = end.type;
  shape.id = end.id;
  return shape;
}

// scheme ":" ...  RFC 3986, 3.1
bool has_scheme(std::string_view text) {
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
         is_letter(text.front()) && std::ranges::all_of(text.substr(0, colon), [](char letter) {
           return is_letter(letter) || (letter >= '0' && letter <= '9') || letter == '+' ||
                  letter == '-' || letter == '.';
         });
}

}  // namespace

ReferenceShape shape_of(std::string_view reference) {
  using Kind = ReferenceShape::Kind;
  if (reference.starts_with('#')) return {Kind::fragment, {}, reference.substr(1)};
  // Senders number the entries of a bundle as they like ("urn:uuid:patient-1"): a reference is only
  // compared with fullUrl.
  if (reference.starts_with("urn:")) {
    const bool has_name = reference.size() > std::string_view("urn:x:").size() &&
                          reference.find(' ') == std::string_view::npos;
    return {has_name ? Kind::urn : Kind::wrong, {}, {}};
  }
  if (const size_t question = reference.find('?'); question != std::string_view::npos) {
    const std::string_view type = reference.substr(0, question);
    if (!type.empty() && std::ranges::all_of(type, is_letter)) return {Kind::conditional, type, {}};
  }
  if (has_scheme(reference)) return absolute(reference);
  return relative(reference);
}

}  // namespace tasuki::fhir
