#include "base/files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "folder.h"

namespace tasuki {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() { fs::create_directories(folder_ / "a" / "b"); }

  const test::Folder place_;
  const fs::path folder_ = place_.path;
};

TEST_F(Files, are_found_at_any_depth) {
  std::ofstream(folder_ / "one") << "1";
  std::ofstream(folder_ / "a" / "b" / "two") << "2";
  EXPECT_EQ(files_below(folder_).size(), 2U);
  EXPECT_TRUE(files_below(folder_ / "none").empty());
}

TEST_F(Files, may_come_and_go_meanwhile) {
  std::jthread other([this](const std::stop_token& stop) {
    for (int n = 0; !stop.stop_requested(); ++n) {
      std::error_code ignored;
      fs::create_directories(folder_ / "c" / std::to_string(n % 7), ignored);
      fs::remove_all(folder_ / "c", ignored);
    }
  });
  std::ofstream(folder_ / "one") << "1";
  for (int n = 0; n < 2000; ++n)
    ASSERT_EQ(files_below(folder_).size(), 1U);
}

}  // namespace
}  // namespace tasuki
