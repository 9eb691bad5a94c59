// Threads that may block (on a commit), started when there is work and none is free, stopped when
// idle long.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace tasuki::net {

class Workers {
 public:
  using Job = std::move_only_function<void()>;

  Workers(unsigned threads_max, size_t queue_max)
      : threads_max_(threads_max), queue_max_(queue_max) {}
  ~Workers();  // finishes what is queued
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  bool add(Job job);  // false: the queue is full
  unsigned threads() const;

 private:
  void run();
  bool start_thread();

  const unsigned threads_max_;
  const size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable work_, ended_;
  std::deque<Job> jobs_;
  unsigned threads_ = 0, idle_ = 0;
  bool stopping_ = false;
};

}  // namespace tasuki::net
