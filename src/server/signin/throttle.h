// Failed sign-ins, counted by account and by address: each failure beyond a few doubles the wait.
// security.md 1.8
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include "base/guarded.h"

namespace tasuki::server::signin {

class Throttle {
 public:
  using Clock = std::chrono::steady_clock;

  // How long the caller still has to wait; zero: may try.
  std::chrono::seconds wait(const std::string& account, const std::string& peer,
                            Clock::time_point now) const;
  void failed(const std::string& account, const std::string& peer, Clock::time_point now);
  void succeeded(const std::string& account);

 private:
  struct Count {
    unsigned failures = 0;
    Clock::time_point last, free_from;
  };
  using Counts = std::unordered_map<std::string, Count>;

  static void add(Counts& counts, const std::string& key, unsigned allowed, Clock::time_point now);
  Guarded<Counts> counts_;
};

}  // namespace tasuki::server::signin
