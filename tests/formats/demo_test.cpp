// The demo region's files, as its program writes them, through our own readers: every message, no
// finding.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "formats/hl7v2/batch.h"
#include "formats/hl7v2/check.h"
#include "formats/hl7v2/grammar.h"
#include "formats/ssmix2/kinds.h"
#include "formats/ssmix2/tree.h"

namespace tasuki {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> findings_of(const hl7v2::Message& message) {
  std::vector<std::string> all;
  const auto take = [&](const std::vector<formats::Finding>& found) {
    for (const auto& one : found)
      all.push_back(one.code + " " + one.location + ": " + one.message);
  };
  take(message.findings());
  take(hl7v2::check(message));
  const auto structure = hl7v2::structure_of(message);
  take(structure.findings);
  if (!structure.known) all.push_back("unknown structure " + message.structure());
  return all;
}

class Demo : public testing::Test {
 protected:
  Demo() {
    std::string name = (fs::temp_directory_path() / "tasuki-demo-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Demo() override { fs::remove_all(folder_); }

  fs::path written(const std::string& leaf) {
    const auto out = folder_ / leaf;
    const std::string command = std::string(TASUKI_BUILD_FOLDER) +
                                "/demo/tasuki-demo --people 12 --seed 7 --today 2026-11-23 --out " +
                                out.string() + " >/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return out;
  }
  bool is_built() const { return fs::exists(fs::path(TASUKI_BUILD_FOLDER) / "demo/tasuki-demo"); }

  fs::path folder_;
};

TEST_F(Demo, writes_messages_without_a_finding) {
  if (!is_built()) GTEST_SKIP() << "tasuki-demo is not built";
  const auto out = written("one");
  size_t messages = 0;
  std::set<std::string> kinds;
  for (const char* feed : {"minato-hosp.mllp", "midori-clinic.mllp"}) {
    const std::string bytes = bytes_of(out / feed);
    const auto batch = hl7v2::split(bytes);
    ASSERT_TRUE(batch.has_value()) << feed;
    for (const auto& piece : batch->messages) {
      const auto message = hl7v2::parse(piece.bytes);
      ASSERT_TRUE(message.has_value()) << message.error().message;
      EXPECT_EQ(findings_of(*message), std::vector<std::string>{})
          << feed << " byte " << piece.begin;
      kinds.insert(message->type() + "^" + message->event());
      ++messages;
    }
  }
  EXPECT_GT(messages, 100u);
  for (const char* kind : {"ADT^A08", "ADT^A04", "ADT^A60", "ORU^R01", "PPR^ZD1", "RDE^O11"})
    EXPECT_TRUE(kinds.contains(kind)) << kind;
}

TEST_F(Demo, writes_a_tree_that_agrees_with_itself) {
  if (!is_built()) GTEST_SKIP() << "tasuki-demo is not built";
  const auto root = written("one") / "ssmix2";
  const auto tree = *ssmix2::walk(root);
  EXPECT_TRUE(tree.findings.empty());
  EXPECT_GT(tree.entries.size(), 20u);
  for (const auto& entry : tree.entries) {
    const auto message = hl7v2::parse(bytes_of(root / entry.path));
    ASSERT_TRUE(message.has_value()) << entry.path;
    EXPECT_EQ(findings_of(*message), std::vector<std::string>{}) << entry.path;
    EXPECT_EQ(message->first("PID").field(3).component(1).text(), entry.name.key.patient);
    EXPECT_EQ(message->type() + "^" + message->event(),
              ssmix2::kind_of(entry.name.key.kind)->message);
  }
}

TEST_F(Demo, writes_the_same_bytes_for_the_same_seed) {
  if (!is_built()) GTEST_SKIP() << "tasuki-demo is not built";
  const auto one = written("one"), other = written("other");
  for (const char* file : {"minato-hosp.mllp", "midori-clinic.mllp", "people.jsonl"})
    EXPECT_EQ(bytes_of(one / file), bytes_of(other / file)) << file;
}

}  // namespace
}  // namespace tasuki
