// `tasuki serve`: definitions, door, mappings, pages, feeds, listener; then wait to be told to
// stop.
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "demo_accounts.h"
#include "intake/health/alerts.h"
#include "intake/health/monitor.h"
#include "intake/inbox/inbox.h"
#include "intake/mapping/run.h"
#include "intake/outbound/outbound.h"
#include "intake/replay/replays.h"
#include "intake/search/search.h"
#include "intake/standing/standings.h"
#include "intake/trial/reload.h"
#include "json/parse.h"
#include "json/print.h"
#include "net/http.h"
#include "parts.h"
#include "server/server.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

constexpr auto folders_wait = std::chrono::seconds(5);

std::string feeds_text(const std::vector<std::unique_ptr<intake::Feed>>& feeds) {
  std::string text = "[";
  for (const auto& feed : feeds) {
    const intake::FeedStatus status = feed->status();
    text += fmt::format(R"({}{{"id":"{}","received":{},"held":{},"refused":{},"repeated":{}}})",
                        text.size() > 1 ? "," : "", status.id, status.received, status.held,
                        status.refused, status.repeated);
  }
  return text + "]";
}

// A facility's name stands in the record as an Organization, so that readers see who a source is
// (law 9).
Result<void> write_organisation(record::Door& door, const intake::FeedSettings& feed) {
  const auto type = door.definitions().resource_type("Organization");
  json::Document document;
  std::string text = R"({"resourceType":"Organization","identifier":[{"system":)";
  text += R"("http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":)";
  json::print_string(feed.organisation, text);
  text += R"(}],"active":true,"name":)";
  json::print_string(feed.name, text);
  text += '}';
  document = TRY(json::parse(text));
  record::Change change;
  change.action = record::Change::Action::update;
  change.type = *type;
  change.id = "institution-" + feed.organisation;
  change.resource = &document.root;
  change.unless_same = true;
  document.root.set(document.arena, "id", json::Value::string(document.arena, change.id));
  auto session = door.session({.id = "system:settings",
                               .name = "設定",
                               .role = record::Role::system,
                               .organisation = feed.organisation,
                               .person = {}},
                              record::Purpose::operations);
  TRY(session.write(change));
  return {};
}

// She signs in as 患者 before her first message has come: the id is made the way her records will
// be.
std::string person_of_hanako() {
  return record::person_id_of(intake::id_of("1310000001", "Patient", "0000012345"));
}

net::HttpSettings http_settings(const ServerSettings& given) {
  net::HttpSettings settings;
  settings.address = given.address;
  settings.port = given.port;
  settings.threads = given.threads;
  settings.workers_max = given.workers_max;
  settings.body_bytes_max = size_t{given.body_mb_max} * 1024 * 1024;
  settings.connections_max = given.connections_max;
  settings.idle_seconds_max = given.idle_seconds_max;
  settings.certificate_file = given.certificate_file;
  settings.key_file = given.key_file;
  return settings;
}

// SIGINT and SIGTERM are taken by this thread alone; the mask is inherited by all started later.
sigset_t hold_back_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

Result<void> run(const Arguments& arguments) {
  const sigset_t signals = hold_back_signals();
  const Settings settings = TRY(settings_of(arguments));
  const Parts parts = TRY(build_parts(settings));
  if (settings.demo) TRY(make_demo_accounts(parts.door->accounts(), person_of_hanako()));

  std::vector<std::unique_ptr<intake::Feed>> feeds;
  auto feed_settings = feeds_of(settings);
  const auto share = settings.definitions.parent_path();
  auto ranges = TRY(intake::PlausibleRanges::read(share / "plausible-ranges.csv"));
  intake::Standings standings(*parts.door, std::move(ranges));
  TRY(standings.attach(feed_settings));
  intake::Inbox inbox(*parts.door, *parts.mappings, feed_settings);
  intake::trial::Reloader reloader(*parts.mappings);
  intake::Replays replays(*parts.door, *parts.mappings, feed_settings,
                          replay_settings_of(settings));
  intake::MessageSearcher messages(*parts.door, feed_settings);
  intake::Outbound outbound(*parts.door, destinations_of(settings));
  intake::Retention retention(*parts.door, feed_settings, retention_settings_of(settings));
  intake::health::Alerts alerts(*parts.door, alert_settings_of(settings));
  intake::health::Monitor monitor(*parts.door);
  server::ServerSettings pages;
  pages.web_folder = settings.web;
  pages.version = TASUKI_VERSION;
  pages.demo = settings.demo;
  pages.batch_entries_max = settings.rest.batch_entries_max;
  pages.transaction_entries_max = settings.rest.transaction_entries_max;
  pages.delete_many_max = settings.rest.delete_many_max;
  pages.one_system_name = settings.rest.one_system_name;
  pages.import_folders = settings.import_folders;
  pages.import_urls = settings.import_urls;
  pages.subscriptions.endpoints = settings.subscription_endpoints;
  pages.subscriptions.mail_relay = settings.mail_relay;
  pages.subscriptions.mail_from = settings.mail_from;
  pages.secure_cookie = !settings.server.certificate_file.empty();
  pages.feeds = [&feeds] { return feeds_text(feeds); };
  pages.operation = {.monitor = &monitor,
                     .inbox = &inbox,
                     .reloader = &reloader,
                     .replays = &replays,
                     .standings = &standings,
                     .outbound = &outbound,
                     .messages = &messages,
                     .retention = &retention,
                     .alerts = &alerts};
  monitor.then([&alerts](const auto& seen, Instant now) {
    alerts.look(intake::health::troubles_of(seen), now);
  });
  const auto server = TRY(server::Server::make(pages, *parts.door));
  for (const intake::FeedSettings& feed : feed_settings) {
    TRY(write_organisation(*parts.door, feed));
    feeds.push_back(TRY(intake::start_feed(feed, *parts.door, *parts.mappings)));
    TRY(monitor.add(*feeds.back(), feed));
  }
  monitor.start();
  const auto listener =
      TRY(net::HttpServer::start(http_settings(settings.server), server->handlers()));

  // Masters, packages and mappings that change while it serves. The folders are looked at.
  const std::jthread folders_watch([&parts, &reloader](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, stop, folders_wait, [] { return false; }) &&
           !stop.stop_requested()) {
      if (const auto done = parts.door->refresh_definitions(); !done)
        log::warning("masters or packages not taken up", {});
      reloader.reload_if_written();
    }
  });
  log::info("serving", {{"port", listener->port()}, {"feeds", feeds.size()}});
  fmt::print("http://{}:{}\n", settings.server.address, listener->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", signal}});
  return {};  // in the reverse order: the listener first, the door last
}

}  // namespace

int serve(const Arguments& arguments) {
  const auto done = run(arguments);
  return done ? 0 : complain(done.error());
}

}  // namespace tasuki::app
