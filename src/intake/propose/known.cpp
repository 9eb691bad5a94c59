#include <fmt/format.h>

#include "intake/propose/propose.h"

namespace tasuki::intake::propose {
namespace {

struct Known {
  std::string_view format, kind;
};

// PS3.10 7.1: "DICM" behind 128 bytes. receipt-uke.md 2: the first record is the institution's, its
// third item the fee table; a pharmacy's is a YK.
std::optional<Known> known_of(std::string_view bytes) {
  if (bytes.size() > 132 && bytes.substr(128, 4) == "DICM") return Known{"dicom", "images"};
  const bool is_claims = bytes.starts_with("IR,") || bytes.starts_with("YK,");
  if (!is_claims || bytes.size() < 10 || bytes[7] != ',' || bytes[9] != ',') return std::nullopt;
  switch (bytes[8]) {
    case '1':
      return Known{"uke", "medical-claims"};
    case '3':
      return Known{"uke", "dental-claims"};
    case '4':
      return Known{"uke", "pharmacy-claims"};
    default:
      return std::nullopt;
  }
}

// Prefecture, fee table and number: "IR,1,13,1,1234567,…" is 1311234567.
std::string institution_of(std::string_view bytes) {
  const size_t end = bytes.find(',', 10);
  if (end == std::string_view::npos) return {};
  return fmt::format("{}{}{}", bytes.substr(5, 2), bytes.substr(8, 1), bytes.substr(10, end - 10));
}

}  // namespace

std::optional<Proposal> propose_known(const std::vector<Sample>& samples,
                                      const Mappings& mappings) {
  std::optional<Known> first;
  trial::CoverageTally coverage;
  ConvertSettings settings;
  settings.facility_name = "見本";
  for (const Sample& sample : samples) {
    const auto known = known_of(sample.bytes);
    if (!known || (first && known->kind != first->kind)) continue;
    if (!first) {
      first = known;
      settings.kind = known->kind;
      settings.facility = known->format == "uke" ? institution_of(sample.bytes) : "1300000000";
    }
    for (const Converted& one : convert_all(sample.bytes, settings, mappings))
      coverage.add({}, one);
  }
  if (!first) return std::nullopt;
  Proposal made;
  made.format = first->format;
  made.settings = settings_of("folder", {}, settings.facility,
                              fmt::format("kind = \"{0}\"\nroots = [\"/srv/{0}\"]\n", first->kind));
  tell_coverage(coverage.total(), made);
  return made;
}

}  // namespace tasuki::intake::propose
