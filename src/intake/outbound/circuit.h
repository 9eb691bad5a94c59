// Whether a destination can be reached just now, and when to try again. Shared by its lanes.
//
// closed: all send. open: after a failure nobody does until the wait is over, doubled each time up
// to a ceiling. probing: then one of them tries, and the others wait for what it says.
#pragma once

#include <algorithm>
#include <chrono>

namespace tasuki::intake {

class Circuit {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State : uint8_t { closed, open, probing };

  Circuit(std::chrono::milliseconds first, std::chrono::milliseconds max)
      : first_(first), max_(max) {}

  // May I send? Yes makes me the one who probes.
  bool may_send(Clock::time_point now) {
    if (state_ == State::closed) return true;
    if (state_ == State::probing || now < until_) return false;
    state_ = State::probing;
    return true;
  }
  void worked() {
    state_ = State::closed;
    failures_ = 0;
  }
  void failed(Clock::time_point now) {
    // What failed beside the first failure says nothing new.
    if (state_ == State::open) return;
    state_ = State::open;
    const auto doubled = first_ * (1U << std::min(failures_, 20U));
    until_ = now + std::min<std::chrono::milliseconds>(doubled, max_);
    ++failures_;
  }

  State state() const { return state_; }
  unsigned failures() const { return failures_; }
  Clock::time_point until() const { return until_; }  // of open

 private:
  const std::chrono::milliseconds first_, max_;
  State state_ = State::closed;
  unsigned failures_ = 0;
  Clock::time_point until_;
};

}  // namespace tasuki::intake
