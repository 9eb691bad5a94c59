// Names of facilities by their 10-digit institution number, from the region's Organization
// resources.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include "base/guarded.h"
#include "record/door.h"

namespace tasuki::server::faces {

class Facilities {
 public:
  explicit Facilities(record::Door& door) : door_(door) {}

  // The number itself where no Organization says a name.
  std::string name(const std::string& number) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    std::string name;
    Clock::time_point until;
  };
  std::string looked_up(const std::string& number) const;

  record::Door& door_;
  mutable Guarded<std::unordered_map<std::string, Known>> known_;
};

}  // namespace tasuki::server::faces
