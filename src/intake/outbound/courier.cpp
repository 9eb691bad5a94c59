#include "intake/outbound/courier.h"

#include <algorithm>

#include "base/log.h"

namespace tasuki::intake {
namespace {

constexpr size_t page_outgoing = 32;
constexpr auto look_again = std::chrono::seconds(30);  // should a call have been missed

}  // namespace

Courier::Courier(record::Door& door, DestinationSettings settings)
    : outbox_(door),
      settings_(std::move(settings)),
      circuit_(settings_.retry_first, settings_.retry_max) {
  const unsigned count = std::clamp(settings_.lanes, 1U, record::outbox_lanes);
  for (unsigned place = 0; place < count; ++place)
    threads_.emplace_back([this, place](const std::stop_token& stop) { run(place, stop); });
}

Courier::~Courier() {
  for (std::jthread& thread : threads_)
    thread.request_stop();
}

void Courier::wake() {
  const std::lock_guard lock(mutex_);
  ++calls_;
  changed_.notify_all();
}

CourierStatus Courier::status() const {
  const std::lock_guard lock(mutex_);
  CourierStatus status = status_;
  status.circuit = circuit_.state();
  status.failures = circuit_.failures();
  if (status.circuit == Circuit::State::open)
    status.retries_in = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(circuit_.until() - Circuit::Clock::now(), Circuit::Clock::duration::zero()));
  return status;
}

// Each thread has every n-th lane: a person's messages are always the same thread's.
void Courier::run(unsigned place, const std::stop_token& stop) {
  const auto sender = Sender::make(settings_);
  const auto step = static_cast<unsigned>(std::clamp(settings_.lanes, 1U, record::outbox_lanes));
  while (!stop.stop_requested()) {
    uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = calls_;
    }
    bool found = false;
    for (unsigned lane = place; lane < record::outbox_lanes && !stop.stop_requested(); lane += step)
      found = work_through(lane, *sender, stop) || found;
    if (found) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, look_again, [&] { return calls_ != seen; });
  }
}

// True: there was something.
bool Courier::work_through(unsigned lane, Sender& sender, const std::stop_token& stop) {
  auto messages = outbox_.waiting(settings_.id, lane, page_outgoing);
  if (!messages) {
    log::warning("outgoing messages cannot be read", {});
    pause(settings_.retry_first, stop);
    return false;
  }
  for (record::OutboxMessage& message : *messages)
    if (!deliver(std::move(message), sender, stop)) break;
  return !messages->empty();
}

// Until it is delivered or set aside; false: stopped meanwhile, or the lane waits.
bool Courier::deliver(record::OutboxMessage message, Sender& sender, const std::stop_token& stop) {
  while (wait_for_turn(stop)) {
    ++message.tries;
    message.sent = now();
    const Verdict verdict = sender.send(message);
    message.problem = verdict.problem;
    message.answer = verdict.code;
    if (settle(message, verdict, stop)) return true;
  }
  return false;
}

bool Courier::wait_for_turn(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto now = Circuit::Clock::now();
    if (circuit_.may_send(now)) return true;
    const auto state = circuit_.state();
    const auto until = state == Circuit::State::open ? circuit_.until() : now + look_again;
    changed_.wait_until(lock, stop, until, [&] { return circuit_.state() != state; });
  }
  return false;
}

// True: this message is done with.
bool Courier::settle(record::OutboxMessage& message, const Verdict& verdict,
                     const std::stop_token& stop) {
  const bool reached = verdict.what != Verdict::What::unreachable;
  {
    const std::lock_guard lock(mutex_);
    reached ? circuit_.worked() : circuit_.failed(Circuit::Clock::now());
    if (!reached) ++status_.again;
    if (!verdict.problem.empty()) status_.problem = verdict.problem;
    changed_.notify_all();
  }
  if (!reached) return false;
  message.answered = now();
  if (verdict.what == Verdict::What::accepted) {
    message.problem.clear();
    // Not kept as delivered: it is sent again, which the other side must bear.
    while (!outbox_.delivered(message))
      if (!pause(settings_.retry_first, stop)) return false;
    const std::lock_guard lock(mutex_);
    ++status_.delivered;
    status_.last_delivered = message.answered;
    changed_.notify_all();
    return true;
  }
  const bool gives_up =
      verdict.what == Verdict::What::refused || message.tries >= settings_.tries_max;
  if (!gives_up || settings_.stops_at_fault) {
    pause(
        std::min(settings_.retry_first * (1U << std::min(message.tries, 20U)), settings_.retry_max),
        stop);
    return false;
  }
  if (!outbox_.set_aside(message)) return false;
  log::warning("an outgoing message was set aside",
               {{"destination", log::SafeId{settings_.id}}, {"number", message.number}});
  const std::lock_guard lock(mutex_);
  ++status_.set_aside;
  changed_.notify_all();
  return true;
}

bool Courier::pause(std::chrono::milliseconds wait, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, wait, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace tasuki::intake
