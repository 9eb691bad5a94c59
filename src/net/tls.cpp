#include "net/tls.h"

#include <fmt/format.h>
#include <boost/asio/ssl/context.hpp>

namespace tasuki::net {
namespace ssl = boost::asio::ssl;

namespace {

Error unusable(const std::string& file, const boost::system::error_code& ec) {
  return {Error::Kind::invalid,
          fmt::format("The TLS file {} cannot be used ({}). It must be PEM and readable.", file,
                      ec.message()),
          file};
}

}  // namespace

Result<std::shared_ptr<ssl::context>> tls_context(const TlsFiles& files) {
  if (files.certificate.empty() && files.key.empty()) {
    if (files.client_ca.empty()) return std::shared_ptr<ssl::context>();
    return Error{Error::Kind::invalid, "A client CA is set but no server certificate and key.",
                 "client_ca_file"};
  }
  if (files.certificate.empty() || files.key.empty())
    return Error{Error::Kind::invalid, "TLS needs both certificate_file and key_file.",
                 "certificate_file"};

  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                       ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                       SSL_OP_NO_RENEGOTIATION);
  boost::system::error_code ec;
  context->use_certificate_chain_file(files.certificate, ec);
  if (ec) return unusable(files.certificate, ec);
  context->use_private_key_file(files.key, ssl::context::pem, ec);
  if (ec) return unusable(files.key, ec);
  if (files.client_ca.empty()) return context;

  context->load_verify_file(files.client_ca, ec);
  if (ec) return unusable(files.client_ca, ec);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  return context;
}

}  // namespace tasuki::net
