// What stands behind every Session: the store, the definitions, consent, the person index, the audit log.
// Made once by app/tasuki.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "record/session.h"

namespace tasuki::record {

struct DoorSettings {
  std::filesystem::path folder;     // data: tasuki.db, audit/, key
  std::string key_from_environment; // hex; else a systemd credential, else folder/key (0600, made at first start)
  size_t cache_bytes = size_t{32} * 1024 * 1024;
};

class Door {
 public:
  static Result<std::unique_ptr<Door>> open(const DoorSettings& settings,
                                            std::shared_ptr<const fhir::Definitions> definitions);
  virtual ~Door() = default;

  Session session(Principal principal, Purpose purpose, Instant time = now());
  virtual const fhir::Definitions& definitions() const = 0;
};

}  // namespace tasuki::record
