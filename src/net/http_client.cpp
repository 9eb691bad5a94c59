#include "net/http_client.h"

#include <fmt/format.h>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/utf8.h"
#include "net/dial.h"

namespace tasuki::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr size_t head_bytes_max = 32 * 1024;

Error broken(const error_code& ec) {
  return {Error::Kind::unavailable, fmt::format("The answer is not HTTP: {}.", ec.message()), {}};
}

// One request, and its answer's body a block at a time.
class Exchange {
 public:
  static Result<Exchange> begin(std::string_view method, std::string_view url,
                                const std::vector<Header>& headers, std::string_view body) {
    const HttpUrl to = TRY(parse_url(url));
    Exchange exchange(TRY(Wire::dial(to.host, to.port, to.tls)));
    std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n", method,
                                   to.target, to.host, to.port);
    for (const auto& [name, value] : headers) {
      if ((name + value).find_first_of("\r\n") != std::string::npos)
        return Error{Error::Kind::invalid, "A header may not hold a line break.", {}};
      head += name + ": " + value + "\r\n";
    }
    if (!body.empty() || method != "GET")
      head += fmt::format("Content-Length: {}\r\n", body.size());
    TRY(exchange.wire_->send(head + "\r\n"));
    TRY(exchange.wire_->send(body));
    while (!exchange.parser_->is_header_done())
      if (!TRY(exchange.more()))
        return Error{Error::Kind::unavailable, "The connection closed before an answer.", {}};
    return exchange;
  }

  unsigned status() const { return parser_->get().result_int(); }
  std::vector<Header> headers() const {
    std::vector<Header> headers;
    for (const auto& field : parser_->get())
      headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    return headers;
  }

  Result<std::string> next() {
    std::string block(size_t{64} * 1024, '\0');
    while (!parser_->is_done()) {
      auto& body = parser_->get().body();
      body.data = block.data();
      body.size = block.size();
      TRY(feed());
      const size_t got = block.size() - parser_->get().body().size;
      if (got > 0) {
        block.resize(got);
        return block;
      }
      if (parser_->is_done()) break;
      if (!TRY(more())) {
        error_code ec;
        parser_->put_eof(ec);
        if (ec || !parser_->is_done())
          return Error{Error::Kind::unavailable, "The answer ended too early.", {}};
      }
    }
    return std::string();
  }

 private:
  explicit Exchange(std::unique_ptr<Wire> wire)
      : wire_(std::move(wire)),
        parser_(std::make_unique<http::response_parser<http::buffer_body>>()) {
    parser_->header_limit(head_bytes_max);
    parser_->body_limit(boost::none);
  }

  // False: the other side closed.
  Result<bool> more() {
    const std::string block = TRY(wire_->receive());
    if (block.empty()) return false;
    pending_ += block;
    if (!parser_->is_header_done()) TRY(feed());
    return true;
  }

  Result<void> feed() {
    error_code ec;
    while (!pending_.empty() && !parser_->is_done()) {
      const bool in_body = parser_->is_header_done();
      const size_t used = parser_->put(boost::asio::buffer(pending_), ec);
      pending_.erase(0, used);
      if (ec == http::error::need_more || ec == http::error::need_buffer) return {};
      if (ec) return broken(ec);
      if (used == 0 || !in_body) return {};
    }
    return {};
  }

  std::unique_ptr<Wire> wire_;
  std::unique_ptr<http::response_parser<http::buffer_body>> parser_;
  std::string pending_;
};

class Download final : public HttpDownload {
 public:
  explicit Download(Exchange exchange) : exchange_(std::move(exchange)) {}
  Result<std::string> next() override { return exchange_.next(); }

 private:
  Exchange exchange_;
};

}  // namespace

Result<HttpUrl> parse_url(std::string_view url) {
  HttpUrl parsed;
  const Error wrong{Error::Kind::invalid,
                    fmt::format("\"{}\" is not a URL of http: or https:.", utf8::head(url, 200)),
                    {}};
  if (url.find_first_of(" \r\n\t\"<>") != std::string_view::npos) return wrong;
  parsed.tls = url.starts_with("https://");
  if (!parsed.tls && !url.starts_with("http://")) return wrong;
  url.remove_prefix(parsed.tls ? 8 : 7);
  const size_t slash = url.find_first_of("/?#");
  std::string_view authority = url.substr(0, slash);
  if (authority.empty() || authority.contains('@')) return wrong;
  const size_t colon = authority.ends_with(']') ? std::string_view::npos : authority.rfind(':');
  parsed.host = authority.substr(0, colon);
  parsed.port =
      colon == std::string_view::npos ? (parsed.tls ? "443" : "80") : authority.substr(colon + 1);
  if (parsed.host.starts_with('[') && parsed.host.ends_with(']'))
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  if (parsed.host.empty() || parsed.port.find_first_not_of("0123456789") != std::string::npos)
    return wrong;
  if (slash != std::string_view::npos) url = url.substr(slash, url.find('#') - slash);
  parsed.target = slash == std::string_view::npos ? "/" : std::string(url);
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, 1, '/');
  return parsed;
}

Result<HttpResponse> send_http(std::string_view method, std::string_view url,
                               const std::vector<Header>& headers, std::string_view body) {
  Exchange exchange = TRY(Exchange::begin(method, url, headers, body));
  HttpResponse response;
  response.status = exchange.status();
  response.headers = exchange.headers();
  while (response.body.size() < client_answer_bytes_max) {
    const std::string block = TRY(exchange.next());
    if (block.empty()) break;
    response.body += block;
  }
  return response;
}

Result<std::unique_ptr<HttpDownload>> HttpDownload::open(std::string_view url,
                                                         const std::vector<Header>& headers) {
  Exchange exchange = TRY(Exchange::begin("GET", url, headers, {}));
  if (exchange.status() != 200)
    return Error{
        Error::Kind::unavailable,
        fmt::format("{} answered with status {}.", utf8::head(url, 200), exchange.status()),
        "input.url"};
  return std::unique_ptr<HttpDownload>(std::make_unique<Download>(std::move(exchange)));
}

}  // namespace tasuki::net
