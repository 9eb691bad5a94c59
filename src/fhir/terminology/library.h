// The terminology that a running program has: R4's own, packages, masters, and what was written
// through REST; always one snapshot, replaced as a whole.
//
// Why: a new version of a master or a value set must be there for everybody at once, and nobody who
// is in the middle of an answer may see half of it. Readers take the snapshot and keep it as long
// as they need it.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "fhir/terminology/terminology.h"
#include "json/value.h"

namespace tasuki::fhir::terminology {

class Library {
 public:
  // Images that stay (R4's own first); and folders whose files are looked at again by refresh():
  // the *.terminology of packages, the *.image of masters, which come last and so win. A folder may
  // be empty or absent.
  static Result<std::shared_ptr<Library>> open(const std::vector<std::filesystem::path>& images,
                                               std::vector<std::filesystem::path> folders = {});
  Library();  // nothing in it

  std::shared_ptr<const Terminology> snapshot() const {
    return snapshot_.load(std::memory_order_acquire);
  }

  // A CodeSystem, ValueSet, ConceptMap or NamingSystem as it stands now; nullptr: it is gone. key:
  // "CodeSystem/1".
  Result<void> put(const std::string& key, const json::Value* resource);
  // Many at once: one new snapshot.
  struct Change {
    std::string key;
    const json::Value* resource = nullptr;
  };
  Result<void> put_all(const std::vector<Change>& changes);

  // The folders' files again, where they changed. Cheap when they did not.
  Result<void> refresh();

  static bool is_kept(std::string_view resource_type);  // one of the four

 private:
  struct Parts {
    std::vector<Terminology::Image> fixed;
    std::map<std::string, Terminology::Image> files;  // by path, size and time
    std::map<std::string, Terminology::Image> written;
    std::shared_ptr<const Terminology> base;  // fixed and files
  };
  void publish(Parts& parts);

  std::vector<std::filesystem::path> folders_;
  Guarded<Parts> parts_;
  std::atomic<std::shared_ptr<const Terminology>> snapshot_;
};

}  // namespace tasuki::fhir::terminology
