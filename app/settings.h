// tasuki.toml as values. Every value has a default; an unknown name is an Error that says the
// nearest known one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tasuki::app {

struct ServerSettings {
  std::string address = "127.0.0.1";
  uint16_t port = 8080;
  unsigned threads = 2;
  unsigned workers_max = 192;
  unsigned body_mb_max = 64;
  unsigned connections_max = 4096;
  unsigned idle_seconds_max = 60;
  std::string certificate_file, key_file;
};

// What REST clients may ask at once.
struct RestSettings {
  unsigned batch_entries_max = 100'000;
  unsigned transaction_entries_max = 100'000;
  unsigned delete_many_max = 0;
  bool one_system_name = false;
};

// What a write must meet: [validation], and of a feed what it says itself.
struct ValidationSettings {
  std::string level = "structure";  // off, structure, base, declared
  bool lenient = true;              // references to other types, gaps in inner elements: warned of
  bool refuse = true;               // else findings are warnings only
  std::vector<std::string> required;      // profiles
  std::string unknown_profile = "error";  // error, warning
};

struct FeedSettings {
  std::string id, organisation, name;
  std::string kind;       // of a folder of records: the KIND of `from csv KIND`
  std::string connector;  // "mllp", "ssmix2", "ssmix2-log" or "folder"
  std::string address = "127.0.0.1";
  uint16_t port = 2575;
  std::string charset;
  std::vector<std::string> roots;
  std::string certificate_file, key_file, client_ca_file;
  std::string validation;  // a level; empty: as [validation] says
  std::vector<std::string> required_profiles;
  std::string state = "live";                      // at first: "live" or "shadow"
  std::vector<std::string> alert_to, escalate_to;  // "mailto:..." or a URL
  unsigned escalate_minutes = 30;
};

// Where messages go out to.
struct DestinationSettings {
  std::string id, organisation;
  std::string connector;  // "mllp", "http" or "folder"
  std::string address;    // "host:port", a URL, a path
  bool tls = false;
  std::vector<std::string> forwards;  // feeds
  unsigned lanes = 4, tries_max = 8, answer_seconds = 30, retry_seconds_max = 600;
  bool stops_at_fault = false;
};

// How long the bytes of messages are kept.
struct RetentionSettings {
  unsigned message_days = 0;  // 0: for ever
  bool waits_for_backup = true;
};

// Whom to tell where a feed names nobody.
struct AlertSettings {
  std::vector<std::string> to, escalate_to;
  unsigned escalate_minutes = 30;
};

struct Settings {
  ServerSettings server;
  RestSettings rest;
  std::filesystem::path data_folder = "data";
  unsigned cache_mb = 24;
  std::filesystem::path definitions, mappings, web;  // found beside the program when empty
  std::filesystem::path candidates;  // mappings that wait to be put in use, a folder each
  ValidationSettings validation;
  std::chrono::minutes zone = japan_offset;  // of dates without one, in search
  bool demo = false;
  std::vector<std::string> import_folders, import_urls;  // what $import may read
  std::vector<std::string> subscription_endpoints;       // where rest-hooks may go
  std::string mail_relay, mail_from;
  std::vector<FeedSettings> feeds;
  std::vector<DestinationSettings> destinations;
  AlertSettings alerts;
  RetentionSettings retention;
};

// A file that does not exist is an Error; an empty path gives the defaults.
Result<Settings> read_settings(const std::filesystem::path& file);

}  // namespace tasuki::app
