// The public SS-MIX2 samples: every file found, named, in agreement with itself as far as it is.
#include <gtest/gtest.h>

#include <fstream>

#include "formats/hl7v2/grammar.h"
#include "formats/ssmix2/kinds.h"
#include "formats/ssmix2/tree.h"

namespace tasuki::ssmix2 {
namespace {

namespace fs = std::filesystem;
const fs::path reference = fs::path(TASUKI_REFERENCE_FOLDER) / "legacy/ss-mix2";

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(ReferenceTree, is_read_whole) {
  if (!fs::exists(reference)) GTEST_SKIP() << "the set legacy/ss-mix2 is not there";
  const auto tree = *walk(reference / "standard_root");
  EXPECT_EQ(tree.entries.size(), 13u);
  EXPECT_TRUE(tree.findings.empty());
  for (const auto& entry : tree.entries) {
    const auto message = hl7v2::parse(bytes_of(reference / "standard_root" / entry.path));
    ASSERT_TRUE(message.has_value()) << entry.path;
    EXPECT_EQ(message->findings().size(), 0u) << entry.path;
    EXPECT_EQ(message->text().find("\uFFFD"), std::string_view::npos) << entry.path;
    EXPECT_EQ(message->type() + "^" + message->event(), kind_of(entry.name.key.kind)->message)
        << entry.path;
    EXPECT_TRUE(hl7v2::structure_of(*message).known) << entry.path;
    EXPECT_EQ(path_of(entry.name), entry.path);
  }
}

TEST(ReferenceTree, has_an_extended_folder) {
  if (!fs::exists(reference)) GTEST_SKIP() << "the set legacy/ss-mix2 is not there";
  int folders = 0;
  for (const auto& entry : fs::recursive_directory_iterator(reference / "extended_root")) {
    if (!entry.is_regular_file()) continue;
    const auto folder = parse_content_folder(entry.path().parent_path().filename().string());
    ASSERT_TRUE(folder.has_value());
    EXPECT_EQ(parse_extended_kind(folder->key.kind).local_code, "L-OBSERVATIONS");
    ++folders;
  }
  EXPECT_EQ(folders, 1);
}

}  // namespace
}  // namespace tasuki::ssmix2
