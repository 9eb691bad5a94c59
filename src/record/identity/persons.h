// The person index: which Patient records stand for which person, kept in the transaction that
// writes a Patient.
//
// A written Patient looks up the records that share a block with it, compares traits, and keeps
// each verdict as a link item with its evidence. The persons around it are then worked out again
// from the links alone: strongest link first, and never two records a verdict holds apart in one
// person. The outcome depends on the records, not on the order they came in (law 7: it can be
// rebuilt).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/identity/score.h"
#include "record/index/term.h"
#include "store/store.h"

namespace tasuki::record {

constexpr size_t candidates_max =
    50;  // of one record; a block with more is too common to tell anything
constexpr size_t person_records_max = 200;  // records one person may have

// One facility's record in the index (table::records).
struct RecordEntry {
  std::string person;
  uint64_t subject = 0;  // the store's number of "Patient/<id>"
  uint64_t order = 0;    // the store's record number: the oldest names the person
  std::string owner;
  Traits traits;
};
std::string print(const RecordEntry& entry);
Result<RecordEntry> parse_record_entry(std::string_view json);
std::string print(const Link& link);
Result<Link> parse_link(std::string_view key, std::string_view json);

// What a change of links means for the consent table.
struct Affected {
  std::set<std::string> persons;  // that gained or lost a record
  std::set<uint64_t> orphans;     // subjects that belong to no person any more
  bool empty() const { return persons.empty() && orphans.empty(); }
};

class Persons {
 public:
  explicit Persons(HashKey key)
      : blocks_(key, "Patient", "tasuki-block"), names_(key, "Patient", "tasuki-name") {}

  // What a Patient's index entries hold beside its search parameters: its blocks, and each part of
  // its names in normal form, because ハナコ should find her whose name was sent as one text,
  // ヤマダ ハナコ.
  std::vector<std::string> terms(const Traits& traits) const;
  // The beginnings of terms to look for when somebody types this word.
  std::vector<std::string> name_prefixes(std::string_view word) const;

  struct Written {
    uint16_t kind = 0;  // the store's number of the type Patient
    std::string id;
    uint64_t record = 0;  // store::Receipt::record
    std::string owner;
    bool deleted = false;
    Traits traits;
  };
  Result<void> update(store::Writer& writer, const Written& written, Affected& affected) const;

  // The strongest word of the rules about this record and any other: as it stands where the record
  // does (people's decisions among it), else as it would be. Band::apart without evidence: nobody
  // is like it. Reads only.
  Result<Link> nearest(store::Reader& reader, const Written& written) const;

  // A person's decision about a pair; Band::ask takes it back.
  Result<void> decide(store::Writer& writer, std::string_view left, std::string_view right,
                      Band band, std::string_view by, Affected& affected) const;

 private:
  Result<std::vector<std::string>> candidates(store::Reader& reader, const Written& written) const;

  std::vector<std::string> block_terms(const Traits& traits) const;

  Field blocks_, names_;
};

Result<std::optional<RecordEntry>> record_entry(store::Reader& reader, std::string_view patient);
Result<std::vector<std::string>> patients_of(store::Reader& reader, std::string_view person);

}  // namespace tasuki::record
