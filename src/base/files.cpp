#include "base/files.h"

namespace tasuki {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files, folders{folder};
  while (!folders.empty()) {
    const fs::path here = std::move(folders.back());
    folders.pop_back();
    std::error_code failure;
    for (fs::directory_iterator at(here, failure), end; !failure && at != end;
         at.increment(failure)) {
      std::error_code gone;
      const auto kind = at->symlink_status(gone).type();
      if (kind == fs::file_type::directory) folders.push_back(at->path());
      if (kind == fs::file_type::regular) files.push_back(at->path());
    }
  }
  return files;
}

std::string mark_of(const fs::path& file) {
  std::error_code gone;
  const auto size = fs::file_size(file, gone);
  if (gone) return {};
  const auto time = fs::last_write_time(file, gone).time_since_epoch().count();
  if (gone) return {};
  return file.string() + "|" + std::to_string(size) + "|" + std::to_string(time);
}

}  // namespace tasuki
