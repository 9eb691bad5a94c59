// The public Japanese samples (shared reference set): each is converted, or held or refused with a
// reason that names a place; none crashes; no kanji is lost. Skipped by name where the set is
// absent.
#include <algorithm>
#include <filesystem>

#include "fixture.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> messages_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing)) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = test::bytes_of(entry.path());
    if (bytes.starts_with("MSH")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class Reference : public testing::TestWithParam<std::string> {};

TEST_P(Reference, every_message_is_carried_or_says_why_not) {
  const fs::path folder = fs::path(TASUKI_REFERENCE_FOLDER) / GetParam();
  const auto files = messages_in(folder);
  if (files.empty()) GTEST_SKIP() << "the reference set " << GetParam() << " is absent";
  for (const fs::path& file : files) {
    const Converted converted = convert(test::bytes_of(file), test::hospital(), *test::mappings());
    if (converted.state == Converted::State::done) {
      EXPECT_GE(converted.resources.size(), 2u) << file;
    } else {
      EXPECT_FALSE(converted.reason.empty()) << file;
    }
    EXPECT_EQ(converted.bundle().find("\xef\xbf\xbd"), std::string::npos)
        << file << " has a character that was not read";
    EXPECT_EQ(converted.bundle(),
              convert(test::bytes_of(file), test::hospital(), *test::mappings()).bundle())
        << file;
  }
}

INSTANTIATE_TEST_SUITE_P(sets, Reference, testing::Values("legacy/hl7v2", "legacy/ss-mix2"),
                         [](const auto& row) {
                           return row.param.ends_with("hl7v2") ? "hl7v2" : "ssmix2";
                         });

TEST(ReferenceKanji, iso_2022_jp_reads_as_the_same_message_in_utf_8) {
  const fs::path folder = fs::path(TASUKI_REFERENCE_FOLDER) / "legacy/hl7v2/prescription-RDE_O11";
  if (!fs::exists(folder)) GTEST_SKIP() << "the reference set legacy/hl7v2 is absent";
  EXPECT_EQ(convert(test::bytes_of(folder / "full_insurance_iso2022jp.hl7"), test::hospital(),
                    *test::mappings())
                .bundle(),
            convert(test::bytes_of(folder / "full_insurance.hl7.utf8.txt"), test::hospital(),
                    *test::mappings())
                .bundle());
}

}  // namespace
}  // namespace tasuki::intake
