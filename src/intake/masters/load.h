// A publisher's master file into the terminology: read, compiled to an image, put in place of the
// former version in one rename; and what that would change.
//
// Why: a monthly master must not be half there, and a hospital wants to know before which of its
// codes go. The shape of the files is formats/masters; what a code system is, fhir/terminology.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/terminology/terminology.h"

namespace tasuki::intake::masters {

struct LoadedSystem {
  std::string url, title;
  size_t codes = 0, inactive = 0, repeated = 0;
};
struct Loaded {
  std::string layout, title, version;
  size_t rows = 0;
  std::vector<LoadedSystem> systems;
};

struct LoadSettings {
  std::filesystem::path folder;  // data/terminology/masters
  std::string version;           // empty: the newest date in the file
  std::string today;             // "2026-11-26": a code whose validity ended before is inactive
};

// file: as its publisher distributes it.
Result<Loaded> load(const std::filesystem::path& file, const LoadSettings& settings);

// What stands in the folder: url, version, codes.
Result<std::vector<Loaded>> list(const std::filesystem::path& folder);

struct Difference {
  enum class Kind : uint8_t { gone, inactive, renamed, added };
  Kind kind;
  std::string system, code, before, after;  // displays
};
struct Impact {
  Loaded next;
  std::vector<Difference> differences;  // added ones are only counted
  size_t added = 0;
};

// The file against what stands now, without putting it in place.
Result<Impact> impact(const std::filesystem::path& file, const LoadSettings& settings,
                      const fhir::terminology::Terminology& standing);

}  // namespace tasuki::intake::masters
