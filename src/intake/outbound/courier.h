// One destination's lanes: each takes its messages in order and goes on when the other side has
// said that it has them.
//
// At least once: between the answer and the commit that forgets the message the program may be
// killed, and then sends it again, byte for byte with the same control id (HTTP: the same
// Idempotency-Key; folder: the same file name).
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "intake/outbound/circuit.h"
#include "intake/outbound/destination.h"

namespace tasuki::intake {

struct CourierStatus {
  Circuit::State circuit = Circuit::State::closed;
  unsigned failures = 0;                                // in a row
  std::optional<std::chrono::milliseconds> retries_in;  // open: until the next try
  uint64_t delivered = 0, set_aside = 0, again = 0;     // since the program started
  std::string problem;                                  // the last one
  Instant last_delivered;
};

class Courier {
 public:
  Courier(record::Door& door, DestinationSettings settings);
  ~Courier();

  void wake();  // something may be waiting
  CourierStatus status() const;
  const DestinationSettings& settings() const { return settings_; }

 private:
  void run(unsigned place, const std::stop_token& stop);
  bool work_through(unsigned lane, Sender& sender, const std::stop_token& stop);
  bool deliver(record::OutboxMessage message, Sender& sender, const std::stop_token& stop);
  bool settle(record::OutboxMessage& message, const Verdict& verdict, const std::stop_token& stop);
  bool pause(std::chrono::milliseconds wait, const std::stop_token& stop);
  bool wait_for_turn(const std::stop_token& stop);

  record::Outbox outbox_;
  const DestinationSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t calls_ = 0;  // of wake()
  Circuit circuit_;
  CourierStatus status_;
  std::vector<std::jthread> threads_;  // last: they stop before what they use goes
};

}  // namespace tasuki::intake
