#include "parts.h"

#include <cstdlib>

namespace tasuki::app {
namespace {

Result<fhir::WritePolicy> policy_of(const ValidationSettings& given) {
  fhir::WritePolicy policy;
  policy.level = TRY(fhir::level_named(given.level));
  policy.is_lenient = given.lenient;
  policy.refuses = given.refuse;
  policy.required = given.required;
  if (given.unknown_profile == "warning") policy.unknown_profile = fhir::Finding::Severity::warning;
  return policy;
}

Result<std::shared_ptr<fhir::CurrentRules>> rules_of(const Settings& settings,
                                                     const fhir::Definitions& definitions) {
  const auto share = settings.definitions.parent_path();
  return fhir::CurrentRules::open(definitions, {.core = share / "r4.package",
                                                .core_terms = share / "r4-terminology.image",
                                                .packages = settings.data_folder / "packages",
                                                .masters = settings.data_folder / "terminology"});
}

}  // namespace

Result<std::shared_ptr<const fhir::Rulebook>> rulebook_of(const Settings& settings,
                                                          const fhir::Definitions& definitions) {
  return TRY(rules_of(settings, definitions))->get();
}

Result<fhir::Gate> gate_of(const Settings& settings, const fhir::Definitions& definitions) {
  fhir::Gate gate;
  gate.rules = TRY(rules_of(settings, definitions));
  gate.usual = TRY(policy_of(settings.validation));
  for (const FeedSettings& feed : settings.feeds) {
    if (feed.validation.empty() && feed.required_profiles.empty()) continue;
    ValidationSettings own = settings.validation;
    if (!feed.validation.empty()) own.level = feed.validation;
    own.required.insert(own.required.end(), feed.required_profiles.begin(),
                        feed.required_profiles.end());
    gate.writers["feed:" + feed.id] = TRY(policy_of(own));
  }
  return gate;
}

Result<Parts> build_parts(const Settings& settings) {
  Parts parts;
  parts.definitions = TRY(fhir::Definitions::open(settings.definitions, settings.zone));
  const char* key = std::getenv("TASUKI_KEY");  // NOLINT(concurrency-mt-unsafe): before any thread
  record::DoorSettings door;
  door.folder = settings.data_folder;
  door.key_from_environment = key == nullptr ? "" : key;
  door.cache_bytes = size_t{settings.cache_mb} * 1024 * 1024;
  // R4's own beside the definitions; what the house has loaded (masters, packages) in its data.
  door.terminology = TRY(fhir::terminology::Library::open(
      {settings.definitions.parent_path() / "r4-terminology.image"},
      {settings.data_folder / "packages", settings.data_folder / "terminology"}));
  door.gate = TRY(gate_of(settings, *parts.definitions));
  parts.door = TRY(record::Door::open(door, parts.definitions));
  parts.mappings = TRY(intake::Mappings::load(settings.mappings, parts.definitions));
  return parts;
}

std::vector<intake::DestinationSettings> destinations_of(const Settings& settings) {
  using Kind = intake::DestinationSettings::Kind;
  std::vector<intake::DestinationSettings> destinations;
  for (const DestinationSettings& given : settings.destinations) {
    intake::DestinationSettings made;
    made.id = given.id;
    made.organisation = given.organisation;
    made.kind = given.connector == "mllp"   ? Kind::mllp
                : given.connector == "http" ? Kind::http
                                            : Kind::folder;
    made.address = given.address;
    made.tls = given.tls;
    made.forwards = given.forwards;
    made.lanes = given.lanes;
    made.tries_max = given.tries_max;
    made.answer_wait = std::chrono::seconds(given.answer_seconds);
    made.retry_max = std::chrono::seconds(given.retry_seconds_max);
    made.stops_at_fault = given.stops_at_fault;
    destinations.push_back(std::move(made));
  }
  return destinations;
}

intake::RetentionSettings retention_settings_of(const Settings& settings) {
  intake::RetentionSettings retention;
  retention.folder = settings.data_folder;
  retention.kept = std::chrono::days(settings.retention.message_days);
  retention.waits_for_backup = settings.retention.waits_for_backup;
  for (const DestinationSettings& destination : settings.destinations)
    for (const std::string& feed : destination.forwards)
      retention.forwards.emplace_back(destination.id, feed);
  return retention;
}

intake::health::AlertSettings alert_settings_of(const Settings& settings) {
  intake::health::AlertSettings alerts;
  alerts.mail_relay = settings.mail_relay;
  alerts.mail_from = settings.mail_from;
  alerts.usual = {.first = settings.alerts.to,
                  .then = settings.alerts.escalate_to,
                  .escalates_after = std::chrono::minutes(settings.alerts.escalate_minutes)};
  for (const FeedSettings& feed : settings.feeds)
    alerts.of_feed[feed.id] = {.first = feed.alert_to,
                               .then = feed.escalate_to,
                               .escalates_after = std::chrono::minutes(feed.escalate_minutes)};
  return alerts;
}

intake::ReplaySettings replay_settings_of(const Settings& settings) {
  intake::ReplaySettings replays;
  replays.threads = settings.server.threads;
  replays.candidates = settings.candidates;
  return replays;
}

std::vector<intake::FeedSettings> feeds_of(const Settings& settings) {
  std::vector<intake::FeedSettings> feeds;
  for (const FeedSettings& given : settings.feeds) {
    intake::FeedSettings feed;
    feed.id = given.id;
    feed.organisation = given.organisation;
    feed.name = given.name;
    feed.kind = given.kind;
    feed.connector = given.connector == "ssmix2"       ? intake::Connector::ssmix2
                     : given.connector == "ssmix2-log" ? intake::Connector::ssmix2_log
                     : given.connector == "folder"     ? intake::Connector::folder
                                                       : intake::Connector::mllp;
    feed.charset = charset_named(given.charset);
    feed.address = given.address;
    feed.port = given.port;
    feed.certificate_file = given.certificate_file;
    feed.key_file = given.key_file;
    feed.client_ca_file = given.client_ca_file;
    feed.roots.assign(given.roots.begin(), given.roots.end());
    feed.begins_as = given.state == "shadow" ? intake::FeedMode::shadow : intake::FeedMode::live;
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

}  // namespace tasuki::app
