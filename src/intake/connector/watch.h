// Looks again and again, on a thread of its own, until it is destroyed: files on network shares
// tell no event of their own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tasuki::intake {

class Watch {
 public:
  using Pause = std::chrono::steady_clock::duration;

  // `look`: one look, which gives up early when asked to stop; how long to wait before the next.
  explicit Watch(std::function<Pause(const std::stop_token&)> look)
      : thread_([this, look = std::move(look)](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            const Pause pause = look(stop);
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, stop, pause, [] { return false; });
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: stops before what it uses goes
};

}  // namespace tasuki::intake
