// A whole server in the test's own process: temporary data folder, demo accounts, any free port.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/uuid.h"
#include "net/client.h"
#include "net/http.h"
#include "record/accounts.h"
#include "record/door.h"
#include "server/server.h"

namespace tasuki::server {

struct Heard {
  unsigned status = 0;
  std::string head, body;

  std::string header(std::string_view name) const {
    const size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

inline std::shared_ptr<const fhir::Definitions> r4() {
  static const std::shared_ptr<const fhir::Definitions> definitions = [] {
    auto opened =
        fhir::Definitions::open(std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
    CHECK(opened.has_value());
    return std::shared_ptr<const fhir::Definitions>(std::move(*opened));
  }();
  return definitions;
}

inline std::shared_ptr<fhir::terminology::Library> r4_terminology() {
  auto opened = fhir::terminology::Library::open(
      {std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4-terminology.image"});
  CHECK(opened.has_value());
  return *opened;
}

// R4's own rules and nothing else, opened once for all houses.
inline std::shared_ptr<fhir::CurrentRules> r4_rules() {
  static const auto rules = [] {
    const std::filesystem::path build = TASUKI_BUILD_FOLDER;
    auto opened = fhir::CurrentRules::open(
        *r4(), {build / "tasuki-r4.package", build / "tasuki-r4-terminology.image", {}, {}});
    CHECK(opened.has_value());
    return *opened;
  }();
  return rules;
}

class House {
 public:
  static constexpr const char* own = "1310000001";
  static constexpr const char* other = "1310000002";

  // operate: what /ops/api speaks to, made once there is a door.
  explicit House(ServerSettings settings = {}, bool demo = true,
                 const std::function<Operation(record::Door&)>& operate = {})
      : folder_(std::filesystem::temp_directory_path() / ("tasuki-" + random_uuid())) {
    std::filesystem::create_directories(folder_);
    open_door();
    add("own/doctor", "田中 健", record::Role::doctor, own);
    add("own/clerk", "事務 花", record::Role::clerk, own);
    add("other/doctor", "鈴木 一", record::Role::doctor, other);
    settings.demo = demo;
    if (operate) settings.operation = operate(*door_);
    settings_ = settings;
    serve();
  }
  ~House() {
    listener_.reset();
    server_.reset();
    door_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // The program ends and starts again over the same folder, on another port.
  void restart() {
    listener_.reset();
    server_.reset();
    door_.reset();
    open_door();
    serve();
  }

  record::Door& door() { return *door_; }
  uint16_t port() const { return listener_->port(); }

  // As a program does: a token behind Authorization. Without one: nobody.
  std::string token(const std::string& account) {
    auto session = door_->accounts().sign_in_demo(account);
    return session ? session->token : std::string();
  }

  // headers: whole lines, each ended by \r\n
  Heard ask(std::string_view method, std::string_view target, std::string_view headers = {},
            std::string_view body = {}) {
    net::Client client(port());
    std::string request = std::string(method) + " " + std::string(target) +
                          " HTTP/1.1\r\nHost: test\r\n" + std::string(headers);
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    client.send(request + "\r\n" + std::string(body));
    const std::string answer = client.response(method != "HEAD");
    const size_t end = answer.find("\r\n\r\n");
    Heard heard;
    if (end == std::string::npos) return heard;
    heard.head = answer.substr(0, end + 2);
    heard.body = answer.substr(end + 4);
    heard.status = static_cast<unsigned>(std::stoul(heard.head.substr(9, 3)));
    return heard;
  }

 private:
  void open_door() {
    auto door = record::Door::open({.folder = folder_,
                                    .key_from_environment = std::string(64, 'a'),
                                    .credentials_folder = {},
                                    .terminology = r4_terminology(),
                                    .gate = {.rules = r4_rules(), .usual = {}, .writers = {}}},
                                   r4());
    CHECK(door.has_value());
    door_ = std::move(*door);
  }
  void serve() {
    auto server = Server::make(settings_, *door_);
    CHECK(server.has_value());
    server_ = std::move(*server);
    net::HttpSettings http;
    http.port = 0;
    auto listener = net::HttpServer::start(http, server_->handlers());
    CHECK(listener.has_value());
    listener_ = std::move(*listener);
  }

  void add(const char* id, const char* name, record::Role role, const char* organisation) {
    record::NewAccount account;
    account.account = {.id = id,
                       .name = name,
                       .role = role,
                       .organisation = organisation,
                       .person = {},
                       .demo = true};
    account.password = "a long enough password";
    account.second_factor = "code:123456";
    const auto created = door_->accounts().create(account);
    CHECK(created.has_value());
  }

  std::filesystem::path folder_;
  ServerSettings settings_;
  std::unique_ptr<record::Door> door_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<net::HttpServer> listener_;
};

}  // namespace tasuki::server
