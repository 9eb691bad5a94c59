// A folder for one test, gone with it.
#pragma once

#include <filesystem>

#include "base/uuid.h"

namespace tasuki::test {

class Folder {
 public:
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("tasuki-test-" + random_uuid());
};

}  // namespace tasuki::test
