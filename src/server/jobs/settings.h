// Bounds of requests that are answered later.
#pragma once

#include <cstddef>

namespace tasuki::server::jobs {

struct JobSettings {
  unsigned threads = 2;
  size_t waiting_max = 100;                     // of all
  size_t result_bytes_max = size_t{64} << 20U;  // of an answer that is kept
  unsigned hours_kept = 24;                     // after it ended
};

}  // namespace tasuki::server::jobs
