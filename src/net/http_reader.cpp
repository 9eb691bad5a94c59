#include "net/http_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace tasuki::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;

// A client that announces much gets room for this much at once, the rest as it arrives.
constexpr uint64_t body_reserve_max = 1024 * 1024;
constexpr size_t header_count_max = 128;

bool same_letters(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

unsigned status_of(const error_code& ec) {
  if (ec == http::error::header_limit) return 431;
  if (ec == http::error::body_limit) return 413;
  if (ec == http::error::bad_version) return 505;
  return 400;
}

}  // namespace

class HttpReader::Parser final : public http::basic_parser<true> {
 public:
  HttpRequest request;
  bool expects_continue = false;
  unsigned version = 11;
  unsigned own_refusal = 0;

 private:
  void on_request_impl(http::verb, Text method, Text target, int http_version,
                       error_code&) override {
    version = static_cast<unsigned>(http_version);
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
    origin_form();
  }

  // "GET http://host/path" is for proxies, but a server must understand it: RFC 9112 3.2.2.
  void origin_form() {
    const size_t scheme = request.target.find("://");
    if (request.target.starts_with('/') || scheme == std::string::npos) return;
    const size_t path = request.target.find('/', scheme + 3);
    request.target = path == std::string::npos ? "/" : request.target.substr(path);
  }

  void on_response_impl(int, Text, int, error_code&) override {}

  void on_field_impl(http::field name, Text name_text, Text value, error_code& ec) override {
    if (request.headers.size() == header_count_max) return refuse(431, ec);
    if (name == http::field::host) {
      if (has_host_) return refuse(400, ec);  // RFC 9112 3.2: two hosts are an attack
      has_host_ = true;
    }
    if (name == http::field::expect) {
      if (!same_letters({value.data(), value.size()}, "100-continue")) return refuse(417, ec);
      expects_continue = true;
    }
    request.headers.emplace_back(std::string(name_text), std::string(value));
  }

  void on_header_impl(error_code& ec) override {
    if (version >= 11 && !has_host_) refuse(400, ec);
  }

  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) override {
    if (length) request.body.reserve(static_cast<size_t>(std::min(*length, body_reserve_max)));
  }
  size_t on_body_impl(Text body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(uint64_t, Text, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, Text body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  void refuse(unsigned status, error_code& ec) {
    own_refusal = status;
    ec = http::make_error_code(http::error::bad_field);
  }

  bool has_host_ = false;
};

HttpReader::HttpReader(size_t header_bytes_max, size_t body_bytes_max)
    : header_bytes_max_(header_bytes_max), body_bytes_max_(body_bytes_max) {
  restart();
}

HttpReader::~HttpReader() = default;

void HttpReader::restart() {
  parser_ = std::make_unique<Parser>();
  parser_->header_limit(static_cast<std::uint32_t>(header_bytes_max_));
  parser_->body_limit(body_bytes_max_);
  parser_->eager(true);
  state_ = State::header;
  refusal_ = 0;
}

size_t HttpReader::feed(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && state_ != State::done && state_ != State::failed) {
    error_code ec;
    const size_t taken =
        parser_->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), ec);
    used += taken;
    if (ec && ec != http::error::need_more) {
      state_ = State::failed;
      refusal_ = parser_->own_refusal != 0 ? parser_->own_refusal : status_of(ec);
      return used;
    }
    if (parser_->is_header_done()) state_ = State::body;
    if (parser_->is_done()) state_ = State::done;
    if (taken == 0) break;
  }
  return used;
}

HttpReader::State HttpReader::state() const {
  return state_;
}
unsigned HttpReader::refusal() const {
  return refusal_;
}
bool HttpReader::expects_continue() const {
  return parser_->expects_continue && parser_->version >= 11;
}
bool HttpReader::keeps_alive() const {
  return parser_->keep_alive();
}
unsigned HttpReader::version() const {
  return parser_->version;
}
HttpRequest& HttpReader::request() {
  return parser_->request;
}

std::string_view HttpRequest::path() const {
  const std::string_view whole = target;
  return whole.substr(0, whole.find('?'));
}

std::string_view HttpRequest::query() const {
  const std::string_view whole = target;
  const size_t mark = whole.find('?');
  return mark == std::string_view::npos ? std::string_view() : whole.substr(mark + 1);
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const Header& header : headers)
    if (same_letters(header.first, name)) return header.second;
  return {};
}

}  // namespace tasuki::net
