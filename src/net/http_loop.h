// Inside the HTTP server: a network thread's event loop, what all connections share, and the face
// of one connection. For http.cpp and http_connection.cpp alone.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>
#include <unordered_set>

#include "net/http.h"
#include "net/workers.h"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace tasuki::net {

class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  virtual void tick(std::chrono::steady_clock::time_point now) = 0;
  virtual void finish() = 0;  // the server stops: close now, or after the answer under way
  virtual void abort() = 0;
};

struct HttpShared {
  HttpSettings settings;
  HttpServer::Handlers handlers;
  Workers workers;
  std::shared_ptr<boost::asio::ssl::context> tls;
  std::atomic<unsigned> connections = 0;
  std::atomic<bool> stopping = false;

  HttpShared(const HttpSettings& http_settings, HttpServer::Handlers http_handlers)
      : settings(http_settings),
        handlers(std::move(http_handlers)),
        workers(settings.workers_max, settings.queue_max) {}

  HttpResponse answer(const HttpRequest& request);  // never throws
};

struct HttpLoop {
  HttpLoop();
  ~HttpLoop();

  std::unique_ptr<boost::asio::io_context> context;
  std::unordered_set<HttpConnection*> connections;
  std::chrono::steady_clock::time_point stop_deadline =
      std::chrono::steady_clock::time_point::max();
  int64_t date_second = 0;
  std::string date_text;
  std::thread thread;

  std::string_view date();  // of now, for the Date header
};

// Takes over a socket just accepted, by its descriptor, on the loop's own thread; the connection
// lives by itself until either side closes it.
void begin_http_connection(HttpLoop& loop, HttpShared& shared, int socket, std::string peer);

}  // namespace tasuki::net
