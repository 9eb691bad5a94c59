// What an inbound message's changes would do to the record as it stands, without doing it: for
// replays that are shown before they are published, and for feeds in the shadow.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "record/session.h"

namespace tasuki::record {

struct Rehearsed {
  enum class Effect : uint8_t { same, late, create, change };
  Effect effect = Effect::same;
  uint32_t standing = 0;  // version compared with, a tombstone's too; 0: there never was one
  std::string standing_as_of;
  std::string hash;    // of what would stand
  std::string body;    // create, change: canonical, as it would be kept
  std::string before;  // change: what stands, without stamps
};

// In the order of inbound.changes (updates only). An Error is what receive() would give: the
// message would be held. Nothing is written; no trace is left, for nothing is shown to anybody.
Result<std::vector<Rehearsed>> rehearse(Session& session, const Inbound& inbound);

// What stands as this message made it: names for entries that a newer mapping makes no more.
struct MadeByMessage {
  fhir::TypeId type = fhir::no_type;
  std::string id;
  uint32_t version = 0;
  std::string as_of;
  std::string body;  // canonical
};
// Those that `wanted` says yes to.
Result<std::vector<MadeByMessage>> made_by_message(
    Session& session, uint64_t number,
    const std::function<bool(fhir::TypeId type, std::string_view id)>& wanted);

// Whom a Patient is or would be joined with: the strongest word of the rules, nothing written and
// nobody shown (the other record's id stays inside).
Result<Link> nearest_person(Session& session, std::string_view id, const json::Value& patient);

std::string hash_of_body(std::string_view body);  // as Rehearsed::hash

}  // namespace tasuki::record
