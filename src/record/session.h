// The one door (law 1): every read and write goes through a Session, bound to a principal, a purpose and a time.
//
// The Session adds the consent filter to the query plan itself, writes a change's audit entry in the change's
// transaction, and hands a read's audit entry to the audit file before the answer leaves.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fhir/search/query.h"
#include "fhir/validate/validate.h"
#include "json/value.h"

namespace tasuki::record {

enum class Role : uint8_t { doctor, pharmacist, nurse, care_worker, clerk, patient, feed, system };

// HL7 v3 PurposeOfUse, as far as used: TREAT, HOPERAT, PATRQT, ETREAT (security.md 2.2).
enum class Purpose : uint8_t { treatment, operations, patient_request, emergency };

struct Principal {
  std::string id;             // "minato-hosp/tanaka", "feed:minato-hosp.adt"
  std::string name;           // as shown: 田中 健
  Role role = Role::system;
  std::string organisation;   // 10-digit institution number; empty for a patient
  std::string person;         // of a patient: the person id
};

// One version as it leaves: the full JSON, meta.versionId and meta.lastUpdated spliced in.
struct Resource {
  fhir::TypeId type = fhir::no_type;
  std::string id;
  uint32_t version = 0;
  Instant updated;
  bool deleted = false;
  bool created = false;       // of a write: there was none before
  bool unchanged = false;     // of a write by a feed: the same content stood already
  std::string body;           // empty when deleted
};

// A resource about to be written, checked and indexed before the writer thread sees it.
struct Change {
  enum class Action : uint8_t { create, update, remove };
  Action action = Action::create;
  fhir::TypeId type = fhir::no_type;
  std::string id;                              // create: empty = the server chooses
  const json::Value* resource = nullptr;       // not for remove
  std::optional<uint32_t> if_match;
  std::optional<fhir::search::Query> if_none_exist;  // create only
  bool unless_same = false;                    // feeds: the same content makes no new version
};

struct SearchResult {
  std::vector<Resource> matches;
  std::vector<Resource> included;
  std::optional<uint64_t> total;
  std::string next;  // opaque cursor; empty = last page
};

struct HistoryRequest {
  std::optional<fhir::TypeId> type;
  std::string id;
  size_t count = 100;
  std::optional<Instant> since;
  std::optional<uint64_t> before;  // cursor
};
struct HistoryResult {
  std::vector<Resource> versions;      // newest first
  std::optional<uint64_t> next;        // cursor for the next page
  std::optional<uint64_t> total;
};

// An inbound message with what it became (law 2: one transaction). See store::Message for the fields.
struct Inbound {
  std::string feed, control_id, kind, group, bytes, answer, mapping, report;
  std::string organisation;        // responsible for the resources
  enum class State : uint8_t { done, held, refused } state = State::done;
  std::string reason;
  std::vector<Change> changes;     // all or none
  uint64_t number = 0;             // replay: the message stored before
  std::vector<std::pair<std::string, std::string>> checkpoints;  // feed positions, same transaction
};

class Door;

class Session {
 public:
  Session(Door& door, Principal principal, Purpose purpose, Instant time);

  Result<Resource> read(fhir::TypeId type, std::string_view id);                    // not_found, gone
  Result<Resource> read_version(fhir::TypeId type, std::string_view id, uint32_t version);
  Result<HistoryResult> history(const HistoryRequest& request);
  Result<SearchResult> search(const fhir::search::Query& query);

  Result<Resource> write(const Change& change);
  // All or nothing, in the order given; references between them are already ids.
  Result<std::vector<Resource>> write_all(const std::vector<Change>& changes);

  // For feeds: the message, its resources, the audit entry, one commit. The stored number.
  Result<uint64_t> receive(const Inbound& inbound);

  const Principal& principal() const { return principal_; }
  Purpose purpose() const { return purpose_; }

 private:
  Door& door_;
  Principal principal_;
  Purpose purpose_;
  Instant time_;
};

}  // namespace tasuki::record
