#include "store/sqlite/group.h"

#include <chrono>
#include <exception>

#include "base/log.h"

namespace tasuki::store::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr size_t units_in_group_max =
    1024;  // bounds how long the first of a group waits for the last
constexpr auto idle_before_checkpoint = 500ms;
constexpr auto scrub_wait = 20ms;  // for readers
constexpr auto merge_pause = 1ms;  // between slices: for whoever writes
// While a group of several grows, it waits this long for one more, and so often at most.
constexpr auto growth_wait = 300us;
constexpr int growth_waits_max = 10;
constexpr size_t groups_apart = 16;  // after one that had to be run again
// 32 MB of log: each moved page has by then often been rewritten several times, and is moved once.
constexpr int log_pages_to_move = 8'000;
// Readers may keep the log from starting anew; at four times the size the writer waits for them.
constexpr int log_pages_max = 4 * log_pages_to_move;

}  // namespace

Group::Group(std::unique_ptr<Connection> connection, Shared& shared, size_t queue_max)
    : connection_(std::move(connection)), unit_(*connection_, shared), queue_max_(queue_max) {}

Group::~Group() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  gathered_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> Group::start() {
  TRY(unit_.load_numbers());
  numbers_known_ = true;
  scrubs_ = TRY(Scrub::is_due(*connection_));
  thread_ = std::thread([this] { run(); });
  return {};
}

Result<void> Group::write(const Work& work) {
  thread_local Bed bed;
  Job job{&work, {}, &bed};
  {
    const std::lock_guard lock(mutex_);
    if (stops_ || queue_.size() >= queue_max_) {
      return Error{
          Error::Kind::unavailable, "Too many writes are waiting; try again in a moment.", {}};
    }
    queue_.push_back(&job);
    if (queue_.size() == 1) gathered_.notify_one();
  }
  std::unique_lock lock(bed.mutex);
  bed.woken.wait(lock, [&] { return job.done; });
  return std::move(job.outcome);
}

void Group::run() {
  while (true) {
    const auto jobs = gather();
    if (jobs.empty()) {
      const std::lock_guard lock(mutex_);
      if (stops_ && queue_.empty()) return;
    }
    if (!jobs.empty()) write_group(jobs);
    if (scrubs_) {
      scrub();
    } else {
      const bool idle = jobs.empty();
      care_for_log(idle && !merges_);
      merges_ = merges_ && idle;
      if (idle) merge_segments();
    }
  }
}

// What waits now; nothing when idle for a while or asked to stop.
Group::Jobs Group::gather() {
  std::unique_lock lock(mutex_);
  const auto patience = scrubs_   ? (scrub_waits_ ? std::chrono::milliseconds(scrub_wait) : 0ms)
                        : merges_ ? std::chrono::milliseconds(merge_pause)
                                  : std::chrono::milliseconds(idle_before_checkpoint);
  gathered_.wait_for(lock, patience, [&] { return stops_ || !queue_.empty(); });
  grow(lock);
  const auto count = std::min(queue_.size(), units_in_group_max);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  Jobs jobs(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  last_size_ = count;
  return jobs;
}

void Group::grow(std::unique_lock<std::mutex>& lock) {
  if (last_size_ < 2 && queue_.size() < 2) return;  // a lone writer waits for nobody
  for (int i = 0; i < growth_waits_max && !stops_ && queue_.size() < units_in_group_max; ++i) {
    const auto before = queue_.size();
    lock.unlock();
    std::this_thread::sleep_for(growth_wait);
    lock.lock();
    if (queue_.size() == before) return;
  }
}

void Group::write_group(const Jobs& jobs) {
  const auto outcome = try_group(jobs);
  if (outcome) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    merge_.begin();
    is_unmerged_ = true;
    if (unit_.has_erased()) {
      scrub_.begin();
      scrubs_ = true;
    }
    unit_.committed();
  } else {
    log::error("group commit failed", {{"units", jobs.size()}});
    if (connection_->in_transaction()) static_cast<void>(connection_->run("ROLLBACK"));
    unit_.abandon_group();
    numbers_known_ = false;
  }
  for (auto* job : jobs) {
    if (!outcome)
      job->outcome = outcome.error();  // no unit of a group that did not commit is acknowledged
    Bed& bed = *job->bed;
    const std::lock_guard lock(bed.mutex);
    job->done = true;
    bed.woken.notify_one();
  }
}

Result<void> Group::try_group(const Jobs& jobs) {
  if (!numbers_known_) {
    TRY(unit_.load_numbers());
    numbers_known_ = true;
  }
  TRY(connection_->run("BEGIN IMMEDIATE"));
  if (apart_ > 0) {
    --apart_;
    TRY(run_apart(jobs));
  } else if (!TRY(run_together(jobs))) {
    apart_ = groups_apart;
    TRY(connection_->run("ROLLBACK"));
    unit_.abandon_group();
    TRY(unit_.load_numbers());
    TRY(connection_->run("BEGIN IMMEDIATE"));
    TRY(run_apart(jobs));
  }
  TRY(unit_.finish_group());
  return connection_->run("COMMIT");
}

Result<bool> Group::run_together(const Jobs& jobs) {
  for (auto* job : jobs) {
    unit_.begin();
    run_unit(*job);
    if (!job->outcome) {
      if (!connection_->in_transaction()) return job->outcome.error();
      if (unit_.has_written()) return false;
      unit_.undo();
    }
    TRY(unit_.relieve());
  }
  return true;
}

// The unit's own Error goes to its caller; an Error here ends the group.
Result<void> Group::run_apart(const Jobs& jobs) {
  for (auto* job : jobs) {
    TRY(connection_->run("SAVEPOINT unit"));
    unit_.begin();
    run_unit(*job);
    if (!job->outcome) {
      unit_.undo();
      // A full or failing disk makes SQLite roll the whole transaction back, savepoints and all.
      if (!connection_->in_transaction()) return job->outcome.error();
      TRY(connection_->run("ROLLBACK TO unit"));
    }
    TRY(connection_->run("RELEASE unit"));
    TRY(unit_.relieve());
  }
  return {};
}

void Group::run_unit(Job& job) {
  try {
    job.outcome = (*job.work)(unit_);
  } catch (const std::exception&) {
    job.outcome = Error{Error::Kind::internal, "A unit of work threw; it was undone.", {}};
  }
}

// A slice between two groups. What fails (a full disk) is tried again; writing goes on meanwhile.
void Group::scrub() {
  const auto progress = scrub_.step(*connection_);
  if (!progress) log::error("an erasure could not be scrubbed; again in a moment", {});
  scrub_waits_ = !progress || *progress == Scrub::Progress::waits;
  if (progress && *progress == Scrub::Progress::done) scrubs_ = false;
}

// What fails (a full disk) waits for the next commit.
void Group::merge_segments() {
  if (!is_unmerged_) return;
  const auto more = merge_.step(*connection_);
  if (!more) log::error("segments of the index could not be merged", {});
  merges_ = more.value_or(false);
  is_unmerged_ = merges_;
}

void Group::care_for_log(bool idle) {
  const int pages = connection_->wal_pages();
  if (pages == 0 || (!idle && pages < log_pages_to_move)) return;
  const auto moved = connection_->checkpoint(pages > log_pages_max);
  if (!moved) log::error("checkpoint failed", {{"pages", pages}});
}

}  // namespace tasuki::store::sqlite
