// What is sent: invented resources of ordinary size and shape, and the demo region's HL7 messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tasuki::bench {

std::string patient(uint64_t n, std::string_view id);  // ~1 kB; id may be empty
std::string observation(uint64_t n,
                        std::string_view subject);  // ~1 kB; subject empty: "Patient/bench-<n>"

struct Bundle {
  std::string text;
  size_t resources = 0;
  size_t resource_bytes = 0;
};
// Patients with a condition, a prescription and fifteen results each, tied by urn:uuid.
Bundle transaction_bundle(uint64_t n, size_t patients);

// MLLP-framed, 8 KB each: a report of eight results with the text of its finding, ORU^R01; and a
// note that no mapping reads, MDM^T02.
std::string long_report(uint64_t n);
std::string long_note(uint64_t n);

// MLLP-framed messages of one hospital of the demo region; empty when the generator is absent.
std::vector<std::string> demo_messages(const std::filesystem::path& generator,
                                       const std::filesystem::path& folder);
std::vector<std::vector<std::string>> lanes_by_patient(const std::vector<std::string>& framed,
                                                       size_t lanes);

}  // namespace tasuki::bench
