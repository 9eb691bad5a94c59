// HTTP and MLLP over TLS, with certificates made on the spot.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>

#include "base/uuid.h"
#include "net/client.h"
#include "net/http.h"
#include "net/mllp.h"
#include "net/mllp_frame.h"

namespace tasuki::net {
namespace {

// A key and a certificate that vouches for itself, as two PEM files.
struct Identity {
  explicit Identity(const std::filesystem::path& folder, const char* name)
      : certificate((folder / (std::string(name) + ".crt")).string()),
        key((folder / (std::string(name) + ".key")).string()) {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_NAME* subject = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_sign(x509, pair, EVP_sha256());
    FILE* out = std::fopen(certificate.c_str(), "w");
    PEM_write_X509(out, x509);
    std::fclose(out);
    out = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(out, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }
  std::string certificate, key;
};

class TlsClient {
 public:
  TlsClient(uint16_t port, const Identity* identity = nullptr, int version_max = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version_max);
    if (version_max < TLS1_2_VERSION) SSL_CTX_set_security_level(context_, 0);
    if (identity != nullptr) {
      SSL_CTX_use_certificate_file(context_, identity->certificate.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context_, identity->key.c_str(), SSL_FILETYPE_PEM);
    }
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval wait{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ssl_ = SSL_new(context_);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    SSL_set_fd(ssl_, socket_);
    connected = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  // What came back until the mark or the end.
  std::string ask(std::string_view bytes, std::string_view mark) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    std::string received;
    char buffer[4096];
    while (received.find(mark) == std::string::npos) {
      const int count = SSL_read(ssl_, buffer, sizeof buffer);
      if (count <= 0) break;
      received.append(buffer, static_cast<size_t>(count));
    }
    return received;
  }
  bool connected = false;

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  int socket_ = -1;
};

class Tls : public testing::Test {
 protected:
  Tls() : folder(std::filesystem::temp_directory_path() / ("tasuki-tls-" + random_uuid())) {
    std::filesystem::create_directories(folder);
    server = std::make_unique<Identity>(folder, "server");
    client = std::make_unique<Identity>(folder, "client");
  }
  ~Tls() override { std::filesystem::remove_all(folder); }
  Result<std::unique_ptr<HttpServer>> http() const {
    HttpSettings settings;
    settings.port = 0;
    settings.certificate_file = server->certificate;
    settings.key_file = server->key;
    return HttpServer::start(settings,
                             {.is_quick = {}, .handle = [](const HttpRequest& request) {
                                return HttpResponse{200, {}, "you asked " + request.target};
                              }});
  }
  Result<std::unique_ptr<MllpListener>> mllp(bool mutual) const {
    MllpSettings settings;
    settings.port = 0;
    settings.certificate_file = server->certificate;
    settings.key_file = server->key;
    if (mutual) settings.client_ca_file = client->certificate;
    return MllpListener::start(
        settings, [](std::string_view message) { return "ACK " + std::string(message); });
  }
  std::filesystem::path folder;
  std::unique_ptr<Identity> server, client;
};

TEST_F(Tls, http_is_served_and_the_connection_stays) {
  const auto listener = http();
  ASSERT_TRUE(listener.has_value());
  TlsClient browser((*listener)->port());
  ASSERT_TRUE(browser.connected);
  EXPECT_TRUE(browser.ask("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n", "/1").ends_with("you asked /1"));
  EXPECT_TRUE(browser.ask("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n", "/2").ends_with("you asked /2"));
}

TEST_F(Tls, versions_before_1_2_are_refused) {
  const auto listener = http();
  ASSERT_TRUE(listener.has_value());
  EXPECT_FALSE(TlsClient((*listener)->port(), nullptr, TLS1_1_VERSION).connected);
  EXPECT_TRUE(TlsClient((*listener)->port(), nullptr, TLS1_2_VERSION).connected);
}

TEST_F(Tls, plain_http_on_a_tls_port_is_closed_and_the_server_lives) {
  const auto listener = http();
  ASSERT_TRUE(listener.has_value());
  Client plain((*listener)->port());
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  plain.rest();
  EXPECT_TRUE(TlsClient((*listener)->port()).connected);
}

TEST_F(Tls, mllp_is_served) {
  const auto listener = mllp(false);
  ASSERT_TRUE(listener.has_value());
  TlsClient sender((*listener)->port());
  EXPECT_EQ(sender.ask(mllp_framed("m"), "\x1c\r"), mllp_framed("ACK m"));
}

TEST_F(Tls, mllp_asks_the_sender_for_its_certificate) {
  const auto listener = mllp(true);
  ASSERT_TRUE(listener.has_value());
  TlsClient known((*listener)->port(), client.get());
  EXPECT_EQ(known.ask(mllp_framed("m"), "\x1c\r"), mllp_framed("ACK m"));
  TlsClient nobody((*listener)->port());
  EXPECT_EQ(nobody.ask(mllp_framed("m"), "\x1c\r"), "");
  TlsClient stranger((*listener)->port(), server.get());
  EXPECT_EQ(stranger.ask(mllp_framed("m"), "\x1c\r"), "");
}

TEST_F(Tls, a_certificate_that_cannot_be_read_is_an_error_that_names_the_file) {
  const auto listener =
      HttpServer::start({.port = 0, .certificate_file = "none.pem", .key_file = server->key}, {});
  ASSERT_FALSE(listener.has_value());
  EXPECT_EQ(listener.error().location, "none.pem");
}

}  // namespace
}  // namespace tasuki::net
