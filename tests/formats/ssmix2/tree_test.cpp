#include "formats/ssmix2/tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace tasuki::ssmix2 {
namespace {

namespace fs = std::filesystem;

class TreeTest : public testing::Test {
 protected:
  TreeTest() {
    std::string name = (fs::temp_directory_path() / "tasuki-ssmix2-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~TreeTest() override { fs::remove_all(root_); }
  void put(const std::string& name) {
    const auto path = root_ / path_of(*parse_file_name(name));
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "MSH";
  }
  fs::path root_;
};

TEST_F(TreeTest, gives_files_in_the_order_they_were_made) {
  put("0000000001_20240401_OML-11_000000000000002_20240402091530123_01_1");
  put("0000000001_-_ADT-00_999999999999999_20240402091530123_-_1");
  put("0000000001_20240401_OMP-01_000000000000001_20240402091530123_01_1");
  put("0000000002_20240301_OMP-01_000000000000001_20240301091530_01_2");
  std::vector<std::string> kinds;
  const auto tree = *walk(root_);
  for (const auto& entry : tree.entries)
    kinds.push_back(entry.name.key.patient + " " + entry.name.key.kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"0000000002 OMP-01", "0000000001 ADT-00",
                                             "0000000001 OMP-01", "0000000001 OML-11"}));
}

TEST_F(TreeTest, tells_what_it_could_not_read) {
  put("0000000001_20240401_OML-11_000000000000002_20240402091530123_01_1");
  put("0000000001_20240401_OML-11_000000000000002_20240403091530123_01_1");
  std::ofstream(root_ / "notes.txt") << "x";
  std::vector<std::string> codes;
  const auto tree = *walk(root_);
  for (const auto& one : tree.findings)
    codes.push_back(one.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"ssmix2.file-name", "ssmix2.two-current"}));
  EXPECT_EQ(tree.entries.size(), 2u);
}

TEST_F(TreeTest, can_be_walked_patient_by_patient) {
  put("0000000001_20240401_OML-11_000000000000002_20240402091530123_01_1");
  put("0000000002_20240401_OML-11_000000000000002_20240402091530123_01_1");
  std::vector<size_t> sizes;
  EXPECT_EQ(*walk_patients(root_, [&](const Tree& tree) { sizes.push_back(tree.entries.size()); }),
            2u);
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 1}));
}

TEST_F(TreeTest, refuses_a_root_that_is_not_there) {
  EXPECT_FALSE(walk(root_ / "nowhere").has_value());
}

}  // namespace
}  // namespace tasuki::ssmix2
