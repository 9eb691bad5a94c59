// TLS for listeners: 1.2 and later, the library's own choice of ciphers (OpenSSL 3 defaults, no
// renegotiation).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace tasuki::net {

struct TlsFiles {
  std::string certificate, key;  // PEM; the certificate with its chain
  std::string client_ca;         // set: a client must show a certificate of this authority
};

// Nothing (nullptr) when no certificate is set: plain TCP.
Result<std::shared_ptr<boost::asio::ssl::context>> tls_context(const TlsFiles& files);

}  // namespace tasuki::net
