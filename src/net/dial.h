// A blocking connection to another machine, with or without TLS. Inside net alone.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_client.h"

namespace tasuki::net {

class Wire {
 public:
  // Connects within the wait; with tls: handshake, certificate and host name checked.
  static Result<std::unique_ptr<Wire>> dial(const std::string& host, const std::string& port,
                                            bool tls,
                                            std::chrono::milliseconds wait = client_wait_max);
  virtual ~Wire() = default;
  virtual Result<void> start_tls(const std::string& host) = 0;
  virtual Result<void> send(std::string_view bytes) = 0;
  virtual Result<std::string> receive() = 0;  // some bytes; empty: closed
};

}  // namespace tasuki::net
