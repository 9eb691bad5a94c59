// A feed: one connection to one system of one facility. Connector + charset + mappings + the
// organisation responsible.
//
// Whatever the connector, a message goes the same way (receiver.h): duplicate? convert, one
// transaction, answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "intake/convert.h"
#include "intake/current.h"
#include "record/door.h"

namespace tasuki::intake {

enum class Connector : uint8_t { mllp, ssmix2, ssmix2_log, folder };

// live: publishes. shadow: takes, answers, maps and publishes nothing. paused: takes nothing.
enum class FeedMode : uint8_t { live, shadow, paused };

struct FeedSettings {
  std::string id;  // lasting name: "minato-hosp.adt"
  std::string
      organisation;  // 10-digit institution number, responsible for what the feed makes (law 9)
  std::string name;  // of the organisation, as shown
  Connector connector = Connector::mllp;
  std::optional<Charset> charset;  // empty: as each message says
  // mllp
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  std::string certificate_file, key_file, client_ca_file;
  std::string kind;  // of records (`from csv KIND`), which do not say it themselves
  // ssmix2: of the standardized storage, volumes of one facility; folder: where files are put
  std::vector<std::filesystem::path> roots;
  FeedMode begins_as = FeedMode::live;  // until somebody says otherwise
  // As it is now (standing/standings.h), changed while it runs; absent: live.
  std::shared_ptr<const std::atomic<FeedMode>> mode = {};
  FeedMode mode_now() const { return mode ? mode->load() : FeedMode::live; }
};

// How a feed is doing, in numbers since the program started.
struct FeedStatus {
  std::string id, name;
  uint64_t received = 0, held = 0, refused = 0, repeated = 0;
  uint16_t port = 0;
  std::optional<size_t> connections = {};  // open now; nothing where the connector has none
};

class Feed {
 public:
  virtual ~Feed() = default;  // stops listening; what was received is finished first
  virtual FeedStatus status() const = 0;
};

Result<std::unique_ptr<Feed>> start_feed(const FeedSettings& settings, record::Door& door,
                                         CurrentMappings mappings);

}  // namespace tasuki::intake
