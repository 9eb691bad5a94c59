// Where the program finds what lies beside it: ../share/tasuki, in the build as when installed.
#pragma once

#include <filesystem>

namespace tasuki::app {

std::filesystem::path share_folder();

}  // namespace tasuki::app
