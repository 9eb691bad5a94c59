// The change feed, for what runs inside the program and tells others: subscriptions.
//
// It shows everything; whether somebody may be told of a change is asked of their own session,
// with may_be_told, when it is told.
#pragma once

#include <string>
#include <vector>

#include "record/door.h"

namespace tasuki::record {

struct FeedChange {
  uint64_t sequence = 0;
  Resource resource;
  std::string author;        // id of who wrote it
  std::string organisation;  // responsible for it
  uint64_t owner = 0, subject = 0;
};

Result<uint64_t> newest_change(Door& door);
Result<std::vector<FeedChange>> changes_after(Door& door, uint64_t sequence, size_t count_max);
// Whether something of a type was written after it; cheaper than reading what was.
Result<bool> has_changed_after(Door& door, fhir::TypeId type, uint64_t sequence);
// What stands of a type now.
Result<std::vector<FeedChange>> all_standing(Door& door, fhir::TypeId type);

// Under today's consent. Leaves the trace of a disclosure when the answer is yes.
Result<bool> may_be_told(Session& session, const FeedChange& change);

}  // namespace tasuki::record
