// Everything people and apps touch over HTTP: FHIR REST, sign-in, the web faces. One object, made
// by app/tasuki.cpp, whose handlers go to net::HttpServer. It never sees the store: all data comes
// through record sessions.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/http.h"
#include "record/door.h"
#include "server/jobs/settings.h"
#include "server/subscription/settings.h"

namespace tasuki::intake {
class Inbox;
class MessageSearcher;
class Outbound;
class Replays;
class Retention;
class Standings;
namespace health {
class Alerts;
class Monitor;
}  // namespace health
namespace trial {
class Reloader;
}  // namespace trial
}  // namespace tasuki::intake

namespace tasuki::server {

// What /ops/api speaks to. All outlive the server; what is absent has nothing to tell.
struct Operation {
  intake::health::Monitor* monitor = nullptr;
  intake::Inbox* inbox = nullptr;
  intake::trial::Reloader* reloader = nullptr;
  intake::Replays* replays = nullptr;
  intake::Standings* standings = nullptr;
  intake::Outbound* outbound = nullptr;
  intake::MessageSearcher* messages = nullptr;
  intake::Retention* retention = nullptr;
  intake::health::Alerts* alerts = nullptr;
};

struct ServerSettings {
  std::filesystem::path web_folder;  // web/dist as built; empty: no pages
  std::string base;               // "https://tasuki.example/fhir"; empty: from each request's Host
  std::string version = "0.1.0";  // of the program, for /metadata
  bool demo = false;              // one-press sign-in
  bool secure_cookie = false;     // behind TLS
  size_t count_default = 50;      // entries a search page holds when not asked
  size_t count_max = 1000;        // and at most
  size_t transaction_entries_max = 100'000;  // all in one commit
  size_t batch_entries_max = 100'000;        // written in slices
  size_t delete_many_max =
      0;  // what a conditional delete may take at once; 0: one, more is refused
  bool one_system_name = false;  // in answers: a code system's URL where its OID was stored
  std::vector<std::string> import_folders = {};  // $import may read files below them
  std::vector<std::string> import_urls = {};     // and URLs that begin so; each ends in /
  subscription::SubscriptionSettings subscriptions = {};
  jobs::JobSettings jobs = {};  // requests that are answered later
  std::function<std::string()>
      feeds;  // JSON array for /health: each feed's id and counts; empty: none
  Operation operation = {};
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> make(const ServerSettings& settings, record::Door& door);
  virtual ~Server() = default;
  virtual net::HttpServer::Handlers handlers() = 0;  // valid while the Server lives
};

}  // namespace tasuki::server
