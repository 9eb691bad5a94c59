// The embedded engine on a disk that fails at the n-th call, for every n, and on one whose power is
// cut.
//
// What must hold afterwards: each acknowledged unit is there whole, each other one whole or not at
// all, nothing twice, indexes and counters agree with the records, and the store takes writes
// again.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>
#include <random>
#include <set>

#include "store/engine.h"
#include "store/sqlite/disk.h"

namespace tasuki::store::tests {
namespace {

constexpr int failed_write = 778;  // SQLITE_IOERR_WRITE
constexpr int full = 13;           // SQLITE_FULL

// A disk that fails from one call on, and remembers what was written but not yet synced so as to
// lose it.
class FailingDisk final : public sqlite::DiskWatcher {
 public:
  enum class Mode { dies, fills_up_once };

  void fail_at(int call, Mode mode) {
    const std::lock_guard lock(mutex_);
    calls_ = 0;
    fail_at_ = call;
    mode_ = mode;
  }
  bool failed() const { return failed_; }

  int before_write(std::string_view file, int64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    if (fails()) return mode_ == Mode::dies ? failed_write : full;
    remember(std::string(file), offset, bytes.size());
    return 0;
  }
  int before_truncate(std::string_view file, int64_t size) override {
    const std::lock_guard lock(mutex_);
    if (fails()) return failed_write;
    struct stat state {};
    if (stat(std::string(file).c_str(), &state) == 0 && state.st_size > size) {
      remember(std::string(file), size, static_cast<size_t>(state.st_size - size));
    }
    return 0;
  }
  int before_sync(std::string_view) override {
    const std::lock_guard lock(mutex_);
    return fails() ? failed_write : 0;
  }
  void after_sync(std::string_view file) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(unsynced_, [&](const Unsynced& write) { return write.file == file; });
  }

  // Of what was not synced, an arbitrary part never reached the disk.
  void cut_power(unsigned seed) {
    std::mt19937 random(seed);
    for (auto write = unsynced_.rbegin(); write != unsynced_.rend(); ++write) {
      if (random() % 3 == 0) continue;
      const int file = open(write->file.c_str(), O_RDWR | O_CLOEXEC);
      if (file < 0) continue;
      EXPECT_EQ(pwrite(file, write->before.data(), write->before.size(), write->offset),
                static_cast<ssize_t>(write->before.size()));
      EXPECT_EQ(ftruncate(file, write->size), 0);
      close(file);
    }
    unsynced_.clear();
  }

 private:
  struct Unsynced {
    std::string file;
    int64_t offset;
    int64_t size;  // of the file before
    std::string before;
  };

  bool fails() {
    ++calls_;
    const bool now =
        fail_at_ > 0 && (mode_ == Mode::dies ? calls_ >= fail_at_ : calls_ == fail_at_);
    failed_ = failed_ || now;
    return now;
  }

  void remember(const std::string& name, int64_t offset, size_t count) {
    const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat state {};
    fstat(file, &state);
    std::string before(count, '\0');
    const auto got = pread(file, before.data(), count, offset);
    before.resize(got > 0 ? static_cast<size_t>(got) : 0);
    close(file);
    unsynced_.push_back({name, offset, state.st_size, std::move(before)});
  }

  std::mutex mutex_;
  int calls_ = 0;
  int fail_at_ = 0;
  Mode mode_ = Mode::dies;
  bool failed_ = false;
  std::vector<Unsynced> unsynced_;
};

constexpr uint16_t kind = 7;
constexpr int units = 8;

// Two records a unit, and one that every unit changes.
Result<void> write_unit(Store& store, int unit) {
  return store.write([&](Writer& writer) -> Result<void> {
    const auto number = std::to_string(unit);
    TRY(writer.put(put_of(kind, "a" + number, std::string(3'000, 'a') + number, {"unit|" + number},
                          {{1, number, number}})));
    TRY(writer.put(
        put_of(kind, "b" + number, "b" + number, {"unit|" + number}, {{1, number, number + "x"}})));
    TRY(writer.put(put_of(kind, "last", number, {"last|" + number})));
    TRY(writer.set_item("last", "unit", number));
    return {};
  });
}

size_t hits(Store& store, Node where) {
  Search search;
  search.where = std::move(where);
  search.with_total = true;
  return must(store.read()->search(search)).total.value();
}

void expect_sound(Store& store, const std::set<int>& acknowledged) {
  const auto reader = store.read();
  uint64_t records = 0;
  std::string last;
  for (int unit = 0; unit < units; ++unit) {
    const auto number = std::to_string(unit);
    const auto a = must(reader->current({kind, "a" + number}));
    const auto b = must(reader->current({kind, "b" + number}));
    EXPECT_EQ(a.has_value(), b.has_value()) << "half of unit " << unit;
    if (acknowledged.contains(unit)) {
      EXPECT_TRUE(a) << "acknowledged unit " << unit << " is lost";
    }
    EXPECT_EQ(hits(store, term("unit|" + number)), a ? 2u : 0u);
    EXPECT_EQ(hits(store, range(1, number, number + "y")), a ? 2u : 0u);
    if (!a) continue;
    EXPECT_EQ(a->body, std::string(3'000, 'a') + number);
    EXPECT_EQ(a->number, 1u) << "unit " << unit << " is doubled";
    records += 2;
    last = number;
  }
  if (!last.empty()) {
    EXPECT_EQ(must(reader->current({kind, "last"}))->body, last);
    EXPECT_EQ(must(reader->item("last", "unit")), last);
    EXPECT_EQ(hits(store, prefix("last|")), 1u);
    EXPECT_EQ(hits(store, term("last|" + last)), 1u);
    ++records;
  }
  EXPECT_EQ(must(reader->count(kind)), records);
  EXPECT_EQ(hits(store, {}), records);
  EXPECT_EQ(must(reader->changes(0, 1000)).size(), records / 2 * 3);
}

class Disks : public testing::Test {
 protected:
  // False when the disk outlived the run: there is no n-th call.
  bool run(int call, FailingDisk::Mode mode, bool loses_unsynced) {
    const Folder folder(Folder::Where::memory);
    FailingDisk disk;
    auto settings = sqlite_settings(folder);
    settings.disk_watcher = &disk;
    std::set<int> acknowledged;
    disk.fail_at(call, mode);
    {
      auto store = open_sqlite(settings);
      for (int unit = 0; store && unit < units; ++unit) {
        if (write_unit(**store, unit)) acknowledged.insert(unit);
      }
      // A disk that was full once: the store in use is as sound as one reopened.
      if (store && mode == FailingDisk::Mode::fills_up_once) expect_sound(**store, acknowledged);
    }
    if (loses_unsynced) disk.cut_power(static_cast<unsigned>(call));
    disk.fail_at(0, mode);
    auto store = must(open_sqlite(settings));
    expect_sound(*store, acknowledged);
    must(write_unit(*store, 1));
    EXPECT_TRUE(must(store->read()->current({kind, "a1"})));
    return disk.failed();
  }

  void run_all(FailingDisk::Mode mode, bool loses_unsynced) {
    int call = 1;
    while (call < 2'000 && !HasFailure()) {
      SCOPED_TRACE(testing::Message() << "call " << call);
      if (!run(call, mode, loses_unsynced)) break;
      ++call;
    }
    EXPECT_GT(call, 50) << "the disk was hardly called";
    EXPECT_LT(call, 2'000);
  }
};

TEST_F(Disks, a_disk_that_dies_at_any_call_loses_nothing_acknowledged) {
  run_all(FailingDisk::Mode::dies, false);
}
TEST_F(Disks, a_power_cut_at_any_call_loses_nothing_acknowledged) {
  run_all(FailingDisk::Mode::dies, true);
}
TEST_F(Disks, a_disk_full_at_any_call_leaves_the_store_working) {
  run_all(FailingDisk::Mode::fills_up_once, false);
}

}  // namespace
}  // namespace tasuki::store::tests
