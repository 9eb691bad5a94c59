// Pieces end in any order; the place waits for the first that has not.
#include "server/api/operation/import_place.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace tasuki::server::api {
namespace {

// Runs things one after the other on a thread of its own.
class Helper {
 public:
  void run(const std::function<void()>& work) {
    std::promise<void> done;
    const auto ready = done.get_future();
    {
      const std::lock_guard lock(mutex_);
      work_ = [&] {
        work();
        done.set_value();
      };
    }
    wake_.notify_one();
    ready.wait();
  }
  ~Helper() {
    run([this] { stops_ = true; });
    thread_.join();
  }

 private:
  void loop() {
    while (!stops_) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return work_ != nullptr; });
      std::exchange(work_, nullptr)();
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::function<void()> work_;
  bool stops_ = false;
  std::thread thread_{[this] { loop(); }};
};

ImportPlace at(uint64_t bytes, uint64_t line) {
  return {.input = 0, .bytes = bytes, .line = line};
}

TEST(ImportProgressTest, the_place_waits_for_the_slowest_piece) {
  ImportProgress progress;
  Helper helper;
  progress.begin(at(100, 11));                       // slow
  helper.run([&] { progress.begin(at(200, 21)); });  // quick
  helper.run([&] {
    progress.counted({.created = 10});
    progress.failed("second");
    progress.begin(at(300, 31));
  });
  EXPECT_EQ(progress.place().bytes, 0U);
  EXPECT_EQ(progress.counts().created, 0U);
  progress.failed("first");
  progress.counted({.created = 19});
  progress.begin(at(400, 41));
  EXPECT_EQ(progress.place().bytes, 200U);
  EXPECT_EQ(progress.place().line, 21U);
  EXPECT_EQ(progress.counts().created, 19U);
  EXPECT_EQ(progress.counts().failed, 2U);
  EXPECT_EQ(progress.errors(), "first\nsecond\n");
  progress.finish();
  EXPECT_EQ(progress.place().bytes, 400U);
}

TEST(ImportProgressTest, it_goes_on_from_what_was_kept) {
  ImportProgress progress;
  progress.begin(at(100, 11));
  progress.failed("one");
  progress.counted({.updated = 4, .unchanged = 5, .bytes = 90});
  progress.begin(std::nullopt);
  const auto again = ImportProgress::parse(progress.print());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->place().bytes, 100U);
  EXPECT_EQ(again->counts().unchanged, 5U);
  EXPECT_EQ(again->errors(), "one\n");
  EXPECT_EQ(again->print(), progress.print());
  EXPECT_TRUE(ImportProgress::parse(""));
  EXPECT_FALSE(ImportProgress::parse("1 2 x"));
}

}  // namespace
}  // namespace tasuki::server::api
