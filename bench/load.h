// Closed-loop load: each connection sends its next request when the answer to the last one is
// complete. Or paced: requests are due at a steady rate, wait for a free connection, and their time
// is counted from when they were due.
//
// One thread, epoll, prebuilt bytes, so that the generator takes as little of the two cores as it
// can.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tasuki::bench {

enum class Protocol : uint8_t { http, mllp };

struct Load {
  Protocol protocol = Protocol::http;
  uint16_t port = 0;
  unsigned connections = 1;
  double per_second = 0;  // paced; 0: closed loop
  double seconds = 0;     // stop starting requests after this; 0: when `requests` are used up
  // The bytes of the n-th request (n counts over all connections); empty: no more.
  std::function<std::string_view(uint64_t n, unsigned connection)> request;
};

struct Outcome {
  uint64_t answered = 0;
  uint64_t refused = 0;  // HTTP status >= 400, or an acknowledgement other than AA and CA
  uint64_t bytes_in = 0;
  double seconds = 0;
  std::vector<float> latency_ms;  // sorted
  std::string first_refusal;

  double latency(double quantile) const;
};

Outcome run(const Load& load);

// One request and its whole answer, for preparing a measurement.
std::string ask(uint16_t port, std::string_view request);

std::string http_request(std::string_view method, std::string_view target, std::string_view headers,
                         std::string_view body = {});

}  // namespace tasuki::bench
