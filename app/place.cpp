#include "place.h"

namespace tasuki::app {

std::filesystem::path share_folder() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "share" / "tasuki";
}

}  // namespace tasuki::app
