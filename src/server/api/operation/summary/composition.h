// The Composition at the head of a patient summary, Japanese first. IPS 2.0, Composition-uv-ips
#pragma once

#include <span>
#include <string>

#include "base/time.h"
#include "server/api/operation/summary/section.h"

namespace tasuki::server::api::summary {

constexpr std::string_view bundle_profile =
    "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips";
constexpr std::string_view composition_profile =
    "http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips";

struct Head {
  std::string id;          // of the Composition
  std::string_view base;   // references are absolute: this entry's own URL is no place below it
  std::string patient;     // "Patient/1"
  std::string name;        // 山田 花子
  std::string author_url;  // of the Device entry that stands for this program
  std::string facility;    // of the reader, for whom it was made; empty: of a patient
  Instant time;
};
std::string composition_text(const Head& head, const fhir::Definitions& definitions,
                             std::span<const Section> sections);

}  // namespace tasuki::server::api::summary
