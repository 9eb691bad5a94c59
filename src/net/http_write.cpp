#include "net/http_write.h"

#include <fmt/format.h>
#include <ctime>

namespace tasuki::net {
namespace {

struct Reason {
  unsigned status;
  std::string_view text;
};
constexpr Reason reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

std::string_view reason_of(unsigned status) {
  for (const Reason& reason : reasons)
    if (reason.status == status) return reason.text;
  return "Status";
}

void append_value(std::string_view value, std::string& out) {
  for (const char c : value)
    out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

void append_number(size_t number, std::string& out) {
  char digits[24];
  char* at = digits + sizeof digits;
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  out.append(at, static_cast<size_t>(digits + sizeof digits - at));
}

// RFC 9110 8.6: 1xx and 204 carry no length; 304 may leave it out.
bool has_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace

void write_head(const HttpResponse& response, size_t body_bytes, Closing closing,
                std::string_view date, std::string& out) {
  out += "HTTP/1.1 ";
  append_number(response.status, out);
  out += ' ';
  out += reason_of(response.status);
  out += "\r\nDate: ";
  out += date;
  out += "\r\n";
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    append_value(value, out);
    out += "\r\n";
  }
  if (has_body(response.status) && body_bytes == unknown_length) {
    if (closing.chunks) out += "Transfer-Encoding: chunked\r\n";
  } else if (has_body(response.status)) {
    out += "Content-Length: ";
    append_number(body_bytes, out);
    out += "\r\n";
  }
  if (closing.close_after) {
    out += "Connection: close\r\n";
  } else if (closing.say_keep_alive) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

std::string http_date(int64_t unix_seconds) {
  const time_t seconds = unix_seconds;
  tm parts{};
  gmtime_r(&seconds, &parts);
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[parts.tm_wday], parts.tm_mday,
                     months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                     parts.tm_sec);
}

HttpResponse refusal(unsigned status) {
  HttpResponse response{status, {{"Content-Type", "text/plain; charset=utf-8"}}};
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  response.body = fmt::format("{} {}\n", status, reason_of(status));
  return response;
}

}  // namespace tasuki::net
