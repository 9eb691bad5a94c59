// Group commit: one thread writes; it takes everything that waits, runs each unit of work, commits
// once, and answers all. docs/decisions/0004.
//
// Why: the disk gives about 180 syncs a second. While one is under way the next group gathers by
// itself, and a lone writer waits for nobody. Where many write, the group waits a moment longer for
// as long as it grows: each more in it is cheaper.
//
// A savepoint copies every page a unit changes before it changes it, a quarter of a message's cost.
// So units run without one; when one fails after it has written, the group is rolled back and run
// again with savepoints, and only that unit is undone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/sqlite/merge.h"
#include "store/sqlite/scrub.h"
#include "store/sqlite/unit.h"

namespace tasuki::store::sqlite {

class Group {
 public:
  Group(std::unique_ptr<Connection> connection, Shared& shared, size_t queue_max);
  ~Group();  // what waits is still written

  Result<void> start();
  Result<void> write(const Work& work);
  bool is_scrubbed() const { return !scrubs_.load(); }
  uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }

 private:
  // Where a caller sleeps until its group is on the disk. One a thread, so that it outlives the
  // call: the writer still touches it after the caller has gone on. Not std::atomic::wait, which
  // yields the processor several times before it sleeps: 5 % of all time with 32 callers.
  struct Bed {
    std::mutex mutex;
    std::condition_variable woken;
  };
  struct Job {
    const Work* work;
    Result<void> outcome;
    Bed* bed;
    bool done = false;  // under the bed's mutex
  };
  using Jobs = std::vector<Job*>;

  void run();
  Jobs gather();
  void write_group(const Jobs& jobs);
  Result<void> try_group(const Jobs& jobs);
  Result<bool> run_together(const Jobs& jobs);  // false: a unit would have to be undone alone
  Result<void> run_apart(const Jobs& jobs);
  void run_unit(Job& job);
  void grow(std::unique_lock<std::mutex>& lock);
  void care_for_log(bool idle);
  void scrub();
  void merge_segments();

  std::unique_ptr<Connection> connection_;
  Unit unit_;
  const size_t queue_max_;
  bool numbers_known_ = false;
  size_t apart_ = 0;      // so many groups more run with savepoints
  size_t last_size_ = 0;  // of a group

  std::mutex mutex_;
  std::condition_variable gathered_;
  std::deque<Job*> queue_;
  bool stops_ = false;

  Merge merge_;
  bool is_unmerged_ = true;  // as far as is known
  bool merges_ = false;      // and goes on with it, if nobody writes

  Scrub scrub_;
  bool scrub_waits_ = false;
  std::atomic<bool> scrubs_{false};
  std::atomic<uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace tasuki::store::sqlite
