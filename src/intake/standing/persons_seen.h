// Whom the patients of a feed are, or would be, joined with: one person with records that stand, a
// question for a person, or nobody.
//
// Why: a feed in the shadow links nobody. Before it goes live people ask how many of its patients
// the region knows already, and how many times somebody will have to look.
#pragma once

#include <map>
#include <set>
#include <string>

#include "intake/convert.h"
#include "intake/feed.h"
#include "record/session.h"

namespace tasuki::intake {

struct PersonsSeen {
  uint64_t linked = 0, asked = 0, apart = 0;
  bool whole = true;  // false: more patients than were looked at
  // What the rules saw, in words that name nobody: "カナ氏名 同じ・生年月日 ちがう".
  std::map<std::string, uint64_t> why_linked, why_asked;
};

class PersonsLooker {
 public:
  PersonsLooker(record::Session& session, const FeedSettings& feed, const Mappings& mappings)
      : session_(session), feed_(feed), mappings_(mappings) {}

  // Each patient once, by the first message that tells of them.
  Result<void> take(const record::StoredMessage& message);
  const PersonsSeen& seen() const { return seen_; }

  static constexpr size_t patients_max = 2'000;

 private:
  Result<void> take(std::string_view id, const json::Value& patient);

  record::Session& session_;
  const FeedSettings& feed_;
  const Mappings& mappings_;
  std::set<std::string> patients_;
  PersonsSeen seen_;
};

}  // namespace tasuki::intake
