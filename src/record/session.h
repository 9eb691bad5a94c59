// The one door (law 1): every read and write goes through a Session, bound to a principal, a
// purpose and a time.
//
// The Session adds the consent filter to the query plan itself, writes a change's audit entry in
// the change's transaction, and hands a read's audit entry to the audit file before the answer
// leaves.
#pragma once

#include <functional>
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
#include "record/import.h"
#include "record/message.h"
#include "record/person.h"

namespace tasuki::record {

enum class Role : uint8_t { doctor, pharmacist, nurse, care_worker, clerk, patient, feed, system };

// HL7 v3 PurposeOfUse, as far as used: TREAT, HOPERAT, PATRQT, ETREAT (security.md 2.2).
enum class Purpose : uint8_t { treatment, operations, patient_request, emergency };

struct Principal {
  std::string id;    // "minato-hosp/tanaka", "feed:minato-hosp.adt"
  std::string name;  // as shown: 田中 健
  Role role = Role::system;
  std::string organisation;  // 10-digit institution number; empty for a patient
  std::string person;        // of a patient: the person id
};

// One version as it leaves: the full JSON, meta.versionId and meta.lastUpdated spliced in.
struct Resource {
  fhir::TypeId type = fhir::no_type;
  std::string id;
  uint32_t version = 0;
  Instant updated;
  bool deleted = false;
  bool created = false;       // of a write: there was none before
  bool unchanged = false;     // of a write by a feed: the same content stood already, or newer
  bool late = false;          // of a write by a feed: what stands is newer by as_of
  std::string body;           // empty when deleted
  std::string fragment = {};  // of one that is contained in this: its id there; body is its own
};

// A resource about to be written, checked and indexed before the writer thread sees it.
struct Change {
  enum class Action : uint8_t { create, update, remove };
  Action action = Action::create;
  fhir::TypeId type = fhir::no_type;
  std::string id;                         // create: empty = the server chooses
  const json::Value* resource = nullptr;  // not for remove
  // Instead of it: called when the change is made ready to be written, which lets the tree go
  // again. Of many large changes one at a time is in memory.
  std::function<Result<json::Document>()> load = {};
  std::optional<uint32_t> if_match;
  std::optional<fhir::search::Query> if_none_exist;  // create only
  bool unless_same = false;                          // feeds: the same content makes no new version
  bool unless_exists =
      false;  // feeds: a sketch from a message about something else; a standing one stays
};

struct SearchResult {
  std::vector<Resource> matches;
  std::vector<Resource> included;
  std::optional<uint64_t> total;
  std::string next;  // opaque cursor; empty = last page
};

// A search parameter that a SearchParameter resource has added, and how far what was stored before
// is indexed under it.
struct ParameterState {
  std::string url, code;
  std::vector<std::string> bases;
  bool is_ready = false;
  unsigned percent = 0;
};

// One part of the work that a search takes: what of the question, how, how many records were
// expected and how many looked at.
struct SearchStep {
  std::string part, by;
  std::optional<uint64_t> expected;
  uint64_t looked_at = 0;
};

struct HistoryRequest {
  std::optional<fhir::TypeId> type;
  std::string id;
  size_t count = 100;
  std::optional<Instant> since;
  std::optional<uint64_t> before;  // cursor
};
struct HistoryResult {
  std::vector<Resource> versions;  // newest first
  std::optional<uint64_t> next;    // cursor for the next page
  std::optional<uint64_t> total;
};

// An inbound message with what it became (law 2: one transaction). See store::Message for the
// fields.
struct Inbound {
  std::string feed, control_id, kind, group, bytes, answer, mapping, report;
  std::string organisation;  // responsible for the resources
  // When the source says that this held: "20260501103000", or as much of it as it knows. What
  // stands and is newer stays; `late` in the report lists where that was so.
  std::string as_of;
  using State = MessageState;
  State state = State::done;
  std::string reason;
  std::vector<Change> changes;  // all or none
  uint64_t number = 0;          // replay: the message stored before
  // Both asked in the unit of work, whose pages are at hand, not by a reader before it.
  bool once =
      false;  // where the feed has these bytes already, nothing is done: Session::repeated()
  std::function<std::string()> report_if_reused;  // where it has a message of this control id
  std::vector<std::pair<std::string, std::string>> checkpoints;  // feed positions, same transaction
};

class Door;
struct Prepared;
enum class Believes : uint8_t;

// Asks what a write depends on. The session asks again inside the unit of work; where the answer
// has changed by then, the write is built anew.
class Resolver {
 public:
  // The ids of what matches and the principal may see. Two are enough to know that it is not one; a
  // deletion of many asks for more.
  virtual Result<std::vector<std::string>> find(const fhir::search::Query& query,
                                                size_t count_max = 2) = 0;

 protected:
  ~Resolver() = default;
};

// Makes the changes of one unit of work. May be called more than once. The trees the changes point
// to must live until transact() has returned.
using Build = std::function<Result<std::vector<Change>>(Resolver&)>;

// What became of one change of write_each(), and where it was invalid, everything wrong with it.
struct Written {
  Result<Resource> resource = Resource();
  std::vector<fhir::Finding> findings = {};
};

class Session {
 public:
  Session(Door& door, Principal principal, Purpose purpose, Instant time);

  Result<Resource> read(fhir::TypeId type, std::string_view id);  // not_found, gone
  Result<Resource> read_version(fhir::TypeId type, std::string_view id, uint32_t version);
  Result<HistoryResult> history(const HistoryRequest& request);
  Result<SearchResult> search(const fhir::search::Query& query);
  // Runs the search and tells how it was answered instead of what.
  Result<std::vector<SearchStep>> explain(const fhir::search::Query& query);

  std::vector<ParameterState> added_parameters() const;

  Result<Resource> write(const Change& change);
  // All or nothing, in the order given; references between them are already ids.
  Result<std::vector<Resource>> write_all(const std::vector<Change>& changes);

  // Each for itself, yet in one commit: those that are refused leave the others standing. An Error:
  // none was written.
  Result<std::vector<Written>> write_each(const std::vector<Change>& changes);

  // The same, for writes that depend on a search: conditional references, update and delete by
  // criteria, conditional creates that others refer to. Race-free: what Resolver found still holds
  // when the changes are committed.
  enum class Bodies : uint8_t { returned, left_out };
  Result<std::vector<Resource>> transact(const Build& build, Bodies bodies = Bodies::returned);

  // The next unit of work is carried out only where none was under this key of this principal's in
  // the last day: otherwise conflict, location "Idempotency-Key". `request`: all of it that counts.
  void once(std::string_view key, std::string_view request);
  // The answer kept under the key. invalid: the key stands for another request; conflict: no answer
  // was kept (once.h).
  Result<std::optional<std::string>> once_answer(std::string_view key, std::string_view request);
  Result<void> keep_once_answer(std::string_view key, std::string_view answer);

  // After a write was refused as invalid: every finding, not only the first (of the first resource
  // at fault; `finding_of` is its place among the changes).
  const std::vector<fhir::Finding>& findings() const { return findings_; }
  size_t finding_of() const { return finding_of_; }

  // Lines of NDJSON by the million (import.h). A resource with an id is written under it, one
  // without gets one; the same content again makes no new version. Searchable once committed.
  Result<ImportCounts> import_lines(ImportSource& source, const ImportSettings& settings = {});

  // For feeds: the message, its resources, the audit entry, one commit. The stored number.
  Result<uint64_t> receive(const Inbound& inbound);
  // What became of each change of the last receive(), in order: id, created, unchanged, version. No
  // bodies.
  const std::vector<Resource>& received() const { return received_; }
  // Of the last receive(): what stood already (Inbound::once).
  const std::optional<StoredMessage>& repeated() const { return repeated_; }

  // The newest message of a feed with this control id, or with exactly these bytes: what was
  // answered then.
  Result<std::optional<StoredMessage>> find_message(std::string_view feed,
                                                    std::string_view control_id);
  Result<std::optional<StoredMessage>> find_same_message(std::string_view feed,
                                                         std::string_view bytes);
  Result<std::vector<StoredMessage>> messages(const MessageSearch& search);
  Result<std::optional<StoredMessage>> message(uint64_t number);  // bytes included
  Result<uint64_t> message_count(MessageState state);
  Result<std::optional<std::string>> checkpoint(std::string_view key);
  Result<void> set_checkpoint(std::string_view key, std::string_view value);

  // Persons found by name, kana, patient number or birth date in any Japanese way of writing them.
  // An empty text: those written about last.
  Result<std::vector<Person>> people(std::string_view text, size_t count_max = 20);
  Result<Person> person(std::string_view id);
  Result<Person> person_of(std::string_view patient_id);  // the person a Patient record stands for
  // Pairs of Patient records a person has to look at, and their decision. Band::ask takes a
  // decision back.
  Result<std::vector<Link>> link_questions(size_t count_max = 100);
  Result<void> decide_link(std::string_view left, std::string_view right, Band band);

  Door& door() const { return door_; }
  const Principal& principal() const { return principal_; }
  Purpose purpose() const { return purpose_; }
  Instant time() const { return time_; }

 private:
  struct OnceKey {
    std::string key, fingerprint;
  };
  std::string once_key(std::string_view key) const;
  Result<Prepared> prepare_one(const Change& change, Believes believes);
  Result<std::vector<Prepared>> prepare_all(const std::vector<Change>& changes, Believes believes);

  Door& door_;
  Principal principal_;
  Purpose purpose_;
  Instant time_;
  std::vector<fhir::Finding> findings_;
  size_t finding_of_ = 0;
  std::vector<Resource> received_;
  std::optional<StoredMessage> repeated_;
  std::optional<OnceKey> once_;
};

}  // namespace tasuki::record
