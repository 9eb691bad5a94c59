// The sending side of MLLP: one message out, its answer in, over a connection that stays open.
// HL7 v2.5 appendix C.4.3. Blocking.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tasuki::net {

struct MllpPeer {
  std::string host, port;
  bool tls = false;
  std::chrono::milliseconds wait{30'000};  // for the connection, and for each answer
  size_t answer_bytes_max = size_t{1} << 20U;
};

class MllpClient {
 public:
  static Result<std::unique_ptr<MllpClient>> dial(const MllpPeer& peer);
  virtual ~MllpClient() = default;
  // One in flight. After an Error the connection is of no more use: an answer that comes late
  // would be taken for the next message's.
  virtual Result<std::string> exchange(std::string_view message) = 0;
};

}  // namespace tasuki::net
