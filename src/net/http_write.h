// The head of an HTTP/1.1 response as bytes: RFC 9112 4, RFC 9110 6.6.1 (Date), 8.6
// (Content-Length).
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

namespace tasuki::net {

struct Closing {
  bool close_after = false;
  bool say_keep_alive = false;  // HTTP/1.0 clients have to be told
  bool chunks = true;           // HTTP/1.0 knows no chunks
};

constexpr size_t unknown_length = SIZE_MAX;  // chunked, or until the connection closes

// Appends. Line breaks inside a header's value become spaces: no value can forge a header.
void write_head(const HttpResponse& response, size_t body_bytes, Closing closing,
                std::string_view date, std::string& out);

std::string http_date(int64_t unix_seconds);  // "Mon, 23 Nov 2026 01:15:00 GMT"

// The server's own refusals, before any handler is asked.
HttpResponse refusal(unsigned status);

}  // namespace tasuki::net
