// Files of a folder, while others come and go.
//
// Why: the standard's recursive iterator throws, or ends, when a folder vanishes between two steps,
// as folders of a running program do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tasuki {

// Regular files at any depth, in no order. What vanishes or may not be read meanwhile is left out;
// no folder: none.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);

// What tells a file from what stood in its place before, "path|size|time"; empty: it is gone.
std::string mark_of(const std::filesystem::path& file);

}  // namespace tasuki
