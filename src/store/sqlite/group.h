// Group commit: one thread writes; it takes everything that waits, runs each unit of work in a
// savepoint of its own, commits once, and answers all. docs/decisions/0004.
//
// Why: the disk gives about 180 syncs a second. While one is under way the next group gathers by
// itself, so there is no timer to tune and a lone writer waits for nobody.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/sqlite/unit.h"

namespace tasuki::store::sqlite {

class Group {
 public:
  Group(std::unique_ptr<Connection> connection, Shared& shared, size_t queue_max);
  ~Group();  // what waits is still written

  Result<void> start();
  Result<void> write(const Work& work);
  uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }

 private:
  struct Job {
    const Work* work;
    Result<void> outcome;
    std::atomic<bool> done{false};
  };
  using Jobs = std::vector<Job*>;

  void run();
  Jobs gather();
  void write_group(const Jobs& jobs);
  Result<void> try_group(const Jobs& jobs);
  Result<void> run_unit(Job& job);
  void care_for_log(bool idle);

  std::unique_ptr<Connection> connection_;
  Unit unit_;
  const size_t queue_max_;
  bool numbers_known_ = false;

  std::mutex mutex_;
  std::condition_variable gathered_;
  std::deque<Job*> queue_;
  bool stops_ = false;

  std::atomic<uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace tasuki::store::sqlite
