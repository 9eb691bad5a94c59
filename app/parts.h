// The parts of a running Tasuki, in the order they are built.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "fhir/validate/gate.h"
#include "fhir/validate/rulebook.h"
#include "intake/current.h"
#include "intake/feed.h"
#include "intake/health/alerts.h"
#include "intake/outbound/destination.h"
#include "intake/replay/replays.h"
#include "intake/retention/retention.h"
#include "record/door.h"
#include "settings.h"

namespace tasuki::app {

struct Parts {
  std::shared_ptr<const fhir::Definitions> definitions;
  std::unique_ptr<record::Door> door;
  std::optional<intake::CurrentMappings> mappings;
};

// R4 and the installed packages of the data folder.
Result<std::shared_ptr<const fhir::Rulebook>> rulebook_of(const Settings& settings,
                                                          const fhir::Definitions& definitions);

Result<Parts> build_parts(const Settings& settings);

std::vector<intake::FeedSettings> feeds_of(const Settings& settings);

std::vector<intake::DestinationSettings> destinations_of(const Settings& settings);
intake::RetentionSettings retention_settings_of(const Settings& settings);
intake::health::AlertSettings alert_settings_of(const Settings& settings);
intake::ReplaySettings replay_settings_of(const Settings& settings);

}  // namespace tasuki::app
