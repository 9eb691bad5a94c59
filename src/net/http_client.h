// An HTTP/1.1 client for the few calls that Tasuki makes itself: notifications, bulk input.
// Blocking, one connection a call, TLS with the machine's authorities and the host name checked.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace tasuki::net {

constexpr auto client_wait_max = std::chrono::seconds(10);  // for each read and write
constexpr size_t client_answer_bytes_max = size_t{1} << 20U;

struct HttpUrl {
  bool tls = false;
  std::string host, port, target;  // target: path and query
};
Result<HttpUrl> parse_url(std::string_view url);  // http: and https: alone

// The whole answer, at most client_answer_bytes_max of its body. Redirects are not followed.
Result<HttpResponse> send_http(std::string_view method, std::string_view url,
                               const std::vector<Header>& headers, std::string_view body);

// GET, the body a block at a time. An answer other than 200 is an Error.
class HttpDownload {
 public:
  static Result<std::unique_ptr<HttpDownload>> open(std::string_view url,
                                                    const std::vector<Header>& headers);
  virtual ~HttpDownload() = default;
  virtual Result<std::string> next() = 0;  // empty: the end
};

}  // namespace tasuki::net
