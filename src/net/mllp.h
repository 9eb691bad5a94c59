// MLLP: HL7 messages on TCP, 0x0B message 0x1C 0x0D. HL7 v2.5 appendix C; transport rules of the
// JAHIS conventions.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tasuki::net {

struct MllpSettings {
  std::string address = "127.0.0.1";
  uint16_t port = 2575;  // 0: any free one
  size_t message_bytes_max = size_t{16} * 1024 * 1024;
  unsigned connections_max = 256;
  unsigned idle_seconds_max = 3600;
  std::string certificate_file = {}, key_file = {},
              client_ca_file = {};  // first two set: TLS; third: client certificate required
};

class MllpListener {
 public:
  // A message's bytes, without the frame, to the answer's (empty: answer nothing). Messages of one
  // connection come one after another, in order; connections run beside one another on worker
  // threads.
  using Handle = std::function<std::string(std::string_view message)>;
  static Result<std::unique_ptr<MllpListener>> start(const MllpSettings& settings, Handle handle);
  virtual ~MllpListener() = default;
  virtual uint16_t port() const = 0;
  virtual size_t connections() const = 0;  // open now
};

}  // namespace tasuki::net
