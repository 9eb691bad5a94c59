// Work of one kind done side by side: a bounded queue and threads that live as long as it.
//
// Why: a message waits for the disk; many waiting together share one sync
// (docs/decisions/0004-group-commit.md).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tasuki::intake {

template <class Piece>
class Lanes {
 public:
  Lanes(unsigned count, std::function<void(Piece&)> work)
      : work_(std::move(work)), room_(count * 2) {
    for (unsigned i = 0; i < count; ++i)
      threads_.emplace_back([this] { run(); });
  }
  ~Lanes() { finish(); }

  void add(Piece piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return pieces_.size() < room_; });
    pieces_.push_back(std::move(piece));
    changed_.notify_all();
  }

  // Until all that was added is done.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      finishing_ = true;
      changed_.notify_all();
    }
    threads_.clear();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return finishing_ || !pieces_.empty(); });
      if (pieces_.empty()) return;
      Piece piece = std::move(pieces_.front());
      pieces_.pop_front();
      changed_.notify_all();
      lock.unlock();
      work_(piece);
      lock.lock();
    }
  }

  std::function<void(Piece&)> work_;
  size_t room_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> pieces_;
  bool finishing_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace tasuki::intake
