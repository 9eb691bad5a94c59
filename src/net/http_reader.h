// One HTTP/1.1 request out of a stream of bytes: RFC 9112. The parser itself is Beast's, behind
// this thin face.
//
// Bounded: header and body by the sizes given. A message with both Content-Length and
// Transfer-Encoding, two lengths, or folded header lines is refused (request smuggling, RFC
// 9112 6.3 and 11.2).
#pragma once

#include <memory>
#include <string_view>

#include "net/http.h"

namespace tasuki::net {

class HttpReader {
 public:
  enum class State : uint8_t { header, body, done, failed };

  HttpReader(size_t header_bytes_max, size_t body_bytes_max);
  ~HttpReader();

  void restart();  // for the next request of the connection
  size_t feed(std::string_view
                  bytes);  // how many were used; the rest is to be given again with more behind it
  State state() const;
  unsigned refusal() const;       // status to answer when failed: 400, 413, 417, 431, 501, 505
  bool expects_continue() const;  // the client waits for "100 Continue" before it sends the body
  bool keeps_alive() const;
  unsigned version() const;  // 10 or 11
  HttpRequest& request();

 private:
  class Parser;
  size_t header_bytes_max_, body_bytes_max_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::header;
  unsigned refusal_ = 0;
};

}  // namespace tasuki::net
