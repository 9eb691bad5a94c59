// The inside of the door: its parts, and what every session does with them. Nobody outside record
// includes this.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/guarded.h"
#include "record/audit/entry.h"
#include "record/audit/log.h"
#include "record/consent/access.h"
#include "record/consent/policy.h"
#include "record/door.h"
#include "record/identity/persons.h"
#include "record/index/indexer.h"
#include "record/recent.h"
#include "store/store.h"

namespace tasuki::record {

// Tables of small items (store.h, set_item). Keys and values are described where they are written.
namespace table {
constexpr std::string_view settings = "settings";  // index-key, index-format, zone
constexpr std::string_view consents = "consent";   // <patient>|<consent id> -> owner and rules
constexpr std::string_view consent_patients =
    "consent-of";  // consent id -> the patient its rules are kept under
constexpr std::string_view records = "record";  // patient id -> person, subject number, owner
constexpr std::string_view persons = "person";  // <person>|<patient> -> nothing
constexpr std::string_view roots = "root";      // person id ever used -> patient it is named after
constexpr std::string_view links = "link";      // <a>|<b> and <b>|<a> -> Link
constexpr std::string_view questions = "question";           // <a>|<b>, a < b, band ask -> nothing
constexpr std::string_view feeds = "feed";                   // feed -> organisation
constexpr std::string_view checkpoints = "checkpoint";       // feed position
constexpr std::string_view accounts = "account";             // id -> account
constexpr std::string_view sign_ins = "sign-in";             // hash of a token -> sign-in
constexpr std::string_view parameters = "search-parameter";  // see parameters.h
}  // namespace table

class Parameters;

class Inside final : public Door {
 public:
  Inside(std::shared_ptr<const fhir::Definitions> definitions, std::unique_ptr<store::Store> store,
         HashKey index_key, std::unique_ptr<AuditLog> audit, std::filesystem::path audit_folder,
         std::string key, std::shared_ptr<fhir::terminology::Library> library);
  ~Inside() override;

  const fhir::Definitions& definitions() const override { return *definitions_; }
  const fhir::Gate& gate() const override { return gate_; }
  void set_gate(fhir::Gate gate) { gate_ = std::move(gate); }  // before anybody writes
  Accounts& accounts() override { return *accounts_; }
  std::shared_ptr<const fhir::terminology::Terminology> terminology() const override {
    return library_->snapshot();
  }
  fhir::terminology::Library& library() override { return *library_; }
  Result<void> refresh_definitions() override;
  Result<void> rebuild() override;
  Result<std::vector<TornAudit>> verify_audit() override;
  uint64_t sync_count() const override { return store_->sync_count(); }

  store::Store& store() { return *store_; }
  const Indexer& indexer() const { return indexer_; }
  void set_index_format(unsigned format) { indexer_.set_format(format); }  // before anybody asks
  const Persons& persons() const { return persons_; }
  PolicyTable& policies() { return policies_; }
  Parameters& parameters() { return *parameters_; }
  RecentBodies& recent() { return recent_; }
  AuditLog& audit() { return *audit_; }

  // Who may see what, fixed for one request.
  Result<Access> access(store::Reader& reader, const Principal& principal, Purpose purpose,
                        Instant time);

  // The rules in memory again as the store has them, for every record of these persons. After a
  // commit.
  Result<void> refresh_policies(const Affected& affected);
  Result<void> load_policies();

  // The terminology resources that stand in the record, all of them or those just written. After a
  // commit.
  Result<void> load_terminology();
  Result<void> refresh_terminology(const std::vector<store::Key>& keys);

  // Names of owners and subjects, remembered. Only for a snapshot's reader: what a unit of work
  // names may be undone.
  std::string remembered_name(uint64_t number) const;  // empty: not remembered
  Result<std::string> name_of(store::Reader& reader, uint64_t number);
  Result<uint64_t> number_of(store::Reader& reader, const std::string& name);

  // The store's number of a type: lasting, unlike TypeId, which belongs to one image of the
  // definitions.
  uint16_t kind_of(fhir::TypeId type) const { return kinds_[static_cast<uint16_t>(type)]; }
  fhir::TypeId type_of(uint16_t kind) const {
    return kind < types_.size() ? types_[kind] : fhir::no_type;
  }
  Result<void> load_kinds();

  std::string feed_organisation(const std::string& feed);  // empty: unknown
  void remember_feed(const std::string& feed, const std::string& organisation);
  Result<void> load_feeds();

 private:
  struct Names {
    std::unordered_map<uint64_t, std::string> by_number;
    std::unordered_map<std::string, uint64_t> by_name;
  };

  const std::shared_ptr<const fhir::Definitions> definitions_;
  fhir::Gate gate_;
  const std::unique_ptr<store::Store> store_;
  Indexer indexer_;
  const Persons persons_;
  const std::unique_ptr<AuditLog> audit_;
  const std::filesystem::path audit_folder_;
  const std::string key_;
  PolicyTable policies_;
  RecentBodies recent_;
  const std::shared_ptr<fhir::terminology::Library> library_;
  std::unique_ptr<Accounts> accounts_;
  std::vector<uint16_t> kinds_;      // by TypeId; 0: not a resource
  std::vector<fhir::TypeId> types_;  // by kind
  Guarded<Names> names_;
  Guarded<std::unordered_map<std::string, std::string>> feeds_;
  std::unique_ptr<Parameters> parameters_;  // its thread ends before what it uses
  Guarded<int> refreshing_;  // one refresh at a time, so that the newest committed state wins
};

inline Inside& inside(Door& door) {
  return static_cast<Inside&>(door);
}

// meta.versionId and meta.lastUpdated put into a stored body; the rest byte for byte (law 3).
std::string spliced(std::string_view type, std::string_view id, uint32_t version, Instant time,
                    std::string_view body);

// The same, appended.
void splice(std::string_view type, std::string_view id, uint32_t version, Instant time,
            std::string_view body, std::string& out);

// A stored version as it leaves.
Resource resource_of(const Inside& inside, const store::Version& version);

}  // namespace tasuki::record
