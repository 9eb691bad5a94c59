// The sections of an International Patient Summary, each with what it holds of the patients.
// IPS 2.0 (hl7.org/fhir/uv/ips), Composition-uv-ips; LOINC for the codes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/model/definitions.h"
#include "record/session.h"

namespace tasuki::server::api::summary {

struct SectionKind {
  std::string_view code, display;  // LOINC
  std::string_view title_ja, title_en;
  bool required;  // stands there even when nothing is known
};

struct SectionEntry {
  record::Resource resource;
  std::string line;  // "アムロジピン錠5mg(2026-11-01)"
};

struct Section {
  const SectionKind* kind = nullptr;
  std::vector<SectionEntry> entries;
};

// Required ones always, others where something stands; in the guide's order. today: "2026-11-23".
Result<std::vector<Section>> load_sections(record::Session& session,
                                           const fhir::Definitions& definitions,
                                           std::span<const std::string> patients,
                                           std::string_view today);

}  // namespace tasuki::server::api::summary
