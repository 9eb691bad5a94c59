// A hospital's SS-MIX2 tree through the feed itself: read once, read again after a restart, and
// nothing changes.
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/uuid.h"
#include "fixture.h"
#include "intake/feed.h"
#include "intake/inbox/inbox.h"
#include "record/door.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

size_t files_in(const fs::path& root) {
  size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    count += entry.is_regular_file();
  return count;
}

// The feed tells no event of its own; its count is looked at until it has read the tree.
void read_through(const FeedSettings& settings, record::Door& door, size_t count) {
  auto feed = start_feed(settings, door, test::mappings());
  ASSERT_TRUE(feed) << feed.error().message;
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while ((*feed)->status().received < count && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ((*feed)->status().received, count);
}

std::string newest(record::Door& door) {
  auto session = door.session({"feed:test.tree", "test", record::Role::feed, "1319999999", {}},
                              record::Purpose::operations);
  const auto history =
      session.history({.type = {}, .id = {}, .count = 1, .since = {}, .before = {}});
  if (!history || history->versions.empty()) return "nothing";
  return history->versions.front().id + "/" + std::to_string(history->versions.front().version);
}

TEST(Tree, read_again_after_a_restart_makes_no_new_version) {
  const fs::path root = fs::path(TASUKI_REFERENCE_FOLDER) / "legacy/ss-mix2/standard_root";
  if (!fs::exists(root)) GTEST_SKIP() << "the reference set legacy/ss-mix2 is absent";
  const fs::path folder = fs::temp_directory_path() / ("tasuki-tree-" + random_uuid());
  auto door =
      record::Door::open({.folder = folder, .key_from_environment = {}, .credentials_folder = {}},
                         test::definitions());
  ASSERT_TRUE(door) << door.error().message;
  FeedSettings settings;
  settings.id = "test.tree";
  settings.organisation = "1319999999";
  settings.name = "連携病院";
  settings.connector = Connector::ssmix2;
  settings.roots = {root};

  read_through(settings, **door, files_in(root));
  const std::string before = newest(**door);
  EXPECT_NE(before, "nothing");
  read_through(settings, **door, files_in(root));
  EXPECT_EQ(newest(**door), before);

  // Five of the public samples lie in another patient's folder: they wait, each with that reason.
  const auto waiting = Inbox(**door, test::mappings(), {settings}).waiting();
  ASSERT_TRUE(waiting);
  uint64_t misplaced = 0;
  for (const Waiting& one : *waiting) {
    if (one.reason.starts_with("identity.path-differs")) misplaced += one.count;
  }
  EXPECT_EQ(misplaced, 5u);
  door->reset();
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

}  // namespace
}  // namespace tasuki::intake
