// What stands behind every Session: the store, the definitions, consent, the person index, the
// audit log. Made once by app/tasuki.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "fhir/terminology/library.h"
#include "fhir/validate/gate.h"
#include "record/audit/log.h"
#include "record/session.h"

namespace tasuki::record {

class Accounts;

struct DoorSettings {
  std::filesystem::path folder;      // data: tasuki.db, audit/, key
  std::string key_from_environment;  // 64 hex digits; else a systemd credential "tasuki-key", else
                                     // folder/key
  size_t cache_bytes = size_t{32} * 1024 * 1024;
  // A systemd credential's folder; empty: the environment's CREDENTIALS_DIRECTORY.
  std::filesystem::path credentials_folder;
  // R4's terminology, packages and masters; what is written through sessions joins it. nullptr:
  // only that.
  std::shared_ptr<fhir::terminology::Library> terminology = nullptr;
  fhir::Gate gate = {};  // what a write must meet, and the rules $validate judges by
};

class Door {
 public:
  static Result<std::unique_ptr<Door>> open(const DoorSettings& settings,
                                            std::shared_ptr<const fhir::Definitions> definitions);
  virtual ~Door() = default;

  Session session(Principal principal, Purpose purpose, Instant time = now());
  virtual const fhir::Definitions& definitions() const = 0;
  virtual const fhir::Gate& gate() const = 0;
  virtual Accounts& accounts() = 0;
  // Code systems, value sets and maps as they stand now; kept by the caller for one answer.
  virtual std::shared_ptr<const fhir::terminology::Terminology> terminology() const = 0;
  virtual fhir::terminology::Library& library() = 0;

  // Masters and packages as their folders hold them now: their terms, profiles and search
  // parameters. Cheap when nothing changed.
  virtual Result<void> refresh_definitions() = 0;

  // Law 7: person links and consent rules again from the versions. The same afterwards, unless
  // rules changed.
  virtual Result<void> rebuild() = 0;

  // Is the audit trail whole? An Error names the first broken place; given is what power cuts tore.
  virtual Result<std::vector<TornAudit>> verify_audit() = 0;

  virtual uint64_t sync_count() const = 0;  // times the disk was asked to sync, for the benchmark
};

}  // namespace tasuki::record
