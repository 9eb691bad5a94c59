#include "parts.h"

#include <cstdlib>

namespace tasuki::app {

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
      settings.data_folder / "terminology"));
  parts.door = TRY(record::Door::open(door, parts.definitions));
  parts.mappings = TRY(intake::Mappings::load(settings.mappings, parts.definitions));
  return parts;
}

std::vector<intake::FeedSettings> feeds_of(const Settings& settings) {
  std::vector<intake::FeedSettings> feeds;
  for (const FeedSettings& given : settings.feeds) {
    intake::FeedSettings feed;
    feed.id = given.id;
    feed.organisation = given.organisation;
    feed.name = given.name;
    feed.connector =
        given.connector == "ssmix2" ? intake::Connector::ssmix2 : intake::Connector::mllp;
    feed.charset = charset_named(given.charset);
    feed.address = given.address;
    feed.port = given.port;
    feed.certificate_file = given.certificate_file;
    feed.key_file = given.key_file;
    feed.client_ca_file = given.client_ca_file;
    feed.roots.assign(given.roots.begin(), given.roots.end());
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

}  // namespace tasuki::app
