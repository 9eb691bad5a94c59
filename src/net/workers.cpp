#include "net/workers.h"

#include <pthread.h>

#include <chrono>

#include "base/log.h"

namespace tasuki::net {
namespace {

using namespace std::chrono_literals;
constexpr auto idle_wait_max = 10s;
// Nesting is bounded everywhere (json depth 64), so a small stack is enough; the sanitizers need
// more.
constexpr size_t stack_bytes = size_t{2} * 1024 * 1024;

}  // namespace

Workers::~Workers() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  work_.notify_all();
  ended_.wait(lock, [this] { return threads_ == 0; });
}

bool Workers::add(Job job) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || jobs_.size() >= queue_max_) return false;
  if (idle_ <= jobs_.size() && threads_ < threads_max_ && !start_thread() && threads_ == 0)
    return false;
  jobs_.push_back(std::move(job));
  work_.notify_one();
  return true;
}

unsigned Workers::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_;
}

bool Workers::start_thread() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  const auto body = [](void* self) -> void* {
    static_cast<Workers*>(self)->run();
    return nullptr;
  };
  const int failure = pthread_create(&thread, &attributes, body, this);
  pthread_attr_destroy(&attributes);
  if (failure != 0) {
    log::warning("no thread for a worker", {{"errno", failure}});
    return false;
  }
  ++threads_;
  return true;
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (jobs_.empty()) {
      if (stopping_) break;
      ++idle_;
      const bool woken =
          work_.wait_for(lock, idle_wait_max, [this] { return stopping_ || !jobs_.empty(); });
      --idle_;
      if (!woken) break;
      continue;
    }
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
  // Under the lock: the destructor cannot go on before this thread has let go of everything of
  // ours.
  if (--threads_ == 0) ended_.notify_all();
}

}  // namespace tasuki::net
