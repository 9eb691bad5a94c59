// An HTTP/1.1 server: bytes to Request, Response to bytes. Nothing here knows what is served.
//
// Asio and Beast stay inside net/*.cpp. Handlers are plain synchronous functions: `quick` ones run
// on the network thread itself (a point read), the rest on worker threads, which may block on a
// commit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tasuki::net {

using Header = std::pair<std::string, std::string>;

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // as sent: path and query, percent-encoded
  std::vector<Header> headers;
  std::string body;
  std::string peer;  // "127.0.0.1"

  std::string_view path() const;                         // target up to '?'
  std::string_view query() const;                        // behind it
  std::string_view header(std::string_view name) const;  // case does not matter; empty when absent
};

// A body that is made while it is sent, so that no answer needs to fit into memory. A piece is made
// on a worker thread, one at a time, while the one before it is on its way; a slow client slows it.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece; empty: the end. After an Error the connection is cut, so that the client does
  // not take a part for the whole (RFC 9112 8).
  virtual Result<std::string> next() = 0;
};
// The same pieces, compressed (RFC 1952), for who accepts gzip.
std::shared_ptr<BodySource> gzipped(std::shared_ptr<BodySource> source);

class WebSocketTalk;  // websocket.h

struct HttpResponse {
  unsigned status = 200;
  std::vector<Header> headers = {};
  std::string body = {};
  std::shared_ptr<const std::string> shared_body =
      {};  // instead of body: a file kept in memory, sent without a copy
  std::shared_ptr<BodySource> source = {};  // instead of both: sent in chunks
  // Instead of all: from here on the connection is a websocket, where the request asks for one. Not
  // from a quick handler.
  std::shared_ptr<WebSocketTalk> websocket = {};
};

struct HttpSettings {
  std::string address = "127.0.0.1";
  uint16_t port = 8080;  // 0: any free one
  unsigned threads = 2;
  unsigned workers_max = 192;  // threads that may wait for a commit; started when needed
  size_t body_bytes_max = size_t{64} * 1024 * 1024;
  size_t header_bytes_max = 32 * 1024;
  unsigned connections_max = 4096;
  unsigned idle_seconds_max = 60;
  size_t queue_max = 4096;                           // requests waiting for a worker; beyond: 503
  std::string certificate_file = {}, key_file = {};  // both set: TLS 1.2+
};

class HttpServer {
 public:
  struct Handlers {
    std::function<bool(const HttpRequest&)> is_quick;  // empty: none is
    std::function<HttpResponse(const HttpRequest&)>
        handle;  // must not throw; must be safe from many threads
  };
  static Result<std::unique_ptr<HttpServer>> start(const HttpSettings& settings, Handlers handlers);
  virtual ~HttpServer() = default;  // stops accepting, finishes what runs
  virtual uint16_t port() const = 0;
};

}  // namespace tasuki::net
