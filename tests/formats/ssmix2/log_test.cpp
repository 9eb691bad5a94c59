// Transaction storage that was written is read as what went in.
#include "formats/ssmix2/log.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tasuki::ssmix2 {
namespace {

namespace fs = std::filesystem;

class Log : public testing::Test {
 protected:
  Log() : root_(fs::temp_directory_path() / ("tasuki-log-" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
  }
  ~Log() override { fs::remove_all(root_); }

  static FileName name_at(std::string_view made_at, Flag flag = Flag::current) {
    return {
        {"0123456789", "20240414", "OMP-01", "000000000000777"}, std::string(made_at), "01", flag};
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(root_))
      if (entry.is_regular_file()) all.push_back(entry.path());
    std::ranges::sort(all);
    return all;
  }
  static std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  fs::path root_;
};

TEST_F(Log, holds_what_was_added_and_what_was_deleted) {
  LogWriter writer(root_, "1319999999");
  ASSERT_TRUE(writer.add(name_at("20240414090000000"), "MSH|a\rPID|1"));
  ASSERT_TRUE(writer.add(name_at("20240414100000000", Flag::deleted), "MSH|b\r"));
  ASSERT_EQ(files().size(), 1u);
  EXPECT_EQ(files().front(), root_ / "2024/TR_20240414090000000_00001.DAT");
  const std::string bytes = bytes_of(files().front());
  const auto records = split_transactions(bytes);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].message, "MSH|a\rPID|1\r\n");
  EXPECT_EQ(records[1].message, "MSH|b\r\n");
  const auto added = parse_transaction_header(records[0].header);
  const auto deleted = parse_transaction_header(records[1].header);
  ASSERT_TRUE(added && deleted);
  EXPECT_FALSE(added->is_delete);
  EXPECT_TRUE(deleted->is_delete);
  EXPECT_EQ(added->key, name_at("20240414090000000").key);
  EXPECT_EQ(added->facility, "1319999999");
  EXPECT_EQ(added->department, "01");
  EXPECT_EQ(added->time, "20240414090000000");
}

TEST_F(Log, begins_a_file_a_day_and_its_names_never_go_back) {
  LogWriter writer(root_, "1319999999");
  for (const std::string_view made_at :
       {"20240414090000000", "20240416090000000", "20240415090000000", "20250101000000000"})
    ASSERT_TRUE(writer.add(name_at(made_at), "MSH|" + std::string(made_at)));
  ASSERT_EQ(files().size(), 3u);
  EXPECT_EQ(split_transactions(bytes_of(files()[1])).size(), 2u);  // what came late goes with it
  EXPECT_EQ(files()[2], root_ / "2025/TR_20250101000000000_00003.DAT");
}

}  // namespace
}  // namespace tasuki::ssmix2
