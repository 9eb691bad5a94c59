// Erasing for good, with proof: bodies, index entries and the messages they came from, of one
// record or of all that is about one Patient record. What stays is the log's row of each version,
// the audit trail, and a Provenance that names what was destroyed. docs/decisions/0020
#pragma once

#include <string>
#include <vector>

#include "record/session.h"

namespace tasuki::record {

struct EraseRequest {
  fhir::TypeId type = fhir::no_type;
  std::string id;
  bool whole_person = false;  // of a Patient: everything that is about this record alone
  std::string reason;         // the ground in law, in the words of who decided
};

struct Erasure {
  Resource proof;  // the Provenance: each version, the hash of its body, when, who, why
  size_t records = 0, versions = 0;
  std::vector<std::string>
      left;  // another organisation's, or by now about somebody else; the first
  size_t left_count = 0;
};

// forbidden: only clerks and the system, for operations. not_found: nothing of it is here.
Result<Erasure> erase(Session& session, const EraseRequest& request);

// Are the bytes of all erasures overwritten in the database, too?
bool is_scrubbed(Door& door);

}  // namespace tasuki::record
