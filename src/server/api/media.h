// The formats the two sides speak: what the client wants back, what it says its body is. FHIR R4
// http.html#mime-type, #parameters; RFC 9110 12.5.1
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "net/http.h"
#include "server/api/outcome.h"

namespace tasuki::server::api {

enum class Format : uint8_t { json, xml };

struct Wanted {
  Format format = Format::json;
  bool pretty = false;
  bool stated =
      false;  // FHIR's formats were asked for by name; otherwise a Binary answers as itself
  // Accept names none of FHIR's formats: only a Binary of that type can answer.
  std::string foreign = {};
};

// From _format (it wins) and Accept, most wanted first; where neither says, as the request's body.
std::expected<Wanted, Problem> wanted_of(const net::HttpRequest& request);

enum class Media : uint8_t {
  none,
  json,
  fhir_json,
  xml,
  json_patch,
  xml_patch,
  form,
  graphql,
  other
};

// "application/fhir+json; charset=utf-8": which, and that its charset is UTF-8.
std::expected<Media, Problem> stated_media(std::string_view content_type);
Media media_named(std::string_view name);  // without parameters, in lower case

std::string media_of(std::string_view header);  // up to ';', in lower case
std::string lowered(std::string_view text);

constexpr std::string_view media_json = "application/fhir+json; charset=utf-8";
constexpr std::string_view media_xml = "application/fhir+xml; charset=utf-8";

}  // namespace tasuki::server::api
