// A FHIR package file: gzip, and in it a tar of JSON files. https://hl7.org/fhir/packages.html, RFC
// 1952, POSIX.1-1988 ustar (and the GNU and pax long names).
//
// Packages come from strangers, so each step has a bound: bytes after unpacking, bytes of one file,
// count of files. Nothing is written to disk; names that climb ("../") or are absolute, links and
// devices are refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::fhir {

struct ArchiveLimits {
  size_t unpacked_bytes_max = size_t{512} * 1024 * 1024;
  size_t file_bytes_max = size_t{128} * 1024 * 1024;
  size_t files_max = 20'000;
};

struct ArchiveFile {
  std::string name;  // "package/StructureDefinition-x.json"
  std::string bytes;
};

// The files whose names end in ".json" and stand in "package/" itself; others are passed over.
Result<std::vector<ArchiveFile>> read_archive(std::string_view bytes, ArchiveLimits limits = {});

}  // namespace tasuki::fhir
