// What a feed sends, looked at more closely than the gate does: the fields of its messages with
// masked examples, codes that no table knows, how late it is, what is missing or cannot be true;
// and what a doctor would see of it.
//
// Why: before a feed goes live somebody of the hospital signs for it. They are shown what comes,
// what is carried, what is not, in their words, without anybody's name. mapping.md "Small start".
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "intake/feed.h"
#include "intake/standing/gate.h"
#include "intake/standing/persons_seen.h"
#include "intake/standing/plausible.h"
#include "record/session.h"

namespace tasuki::intake {

struct FieldSeen {
  uint64_t sent = 0, left_out = 0;  // left out: nothing of it is carried, nor kept aside on purpose
  std::string example;              // masked
};
struct KindSeen {
  uint64_t messages = 0, done = 0;
};
struct CodeSeen {
  uint64_t count = 0;
};
struct FindingSeen {
  uint64_t count = 0;
  std::string message;  // the first one's words
};

// Results outside a plausible range, by its row.
struct ImplausibleSeen {
  uint64_t count = 0;
  double lowest = 0, highest = 0;
};

// A message as a doctor would find it: one line a resource, nobody's name in it.
struct ExamplePage {
  std::string kind;
  std::vector<std::string> lines;
};

struct Quality {
  GateMeasures measures;
  uint64_t first = 0, last = 0;  // message numbers
  Instant since = {}, until = {};
  bool whole = true;                        // false: only the newest were looked at
  std::map<std::string, KindSeen> kinds;    // "ORU^R01"
  std::map<std::string, FieldSeen> fields;  // "OBX-5"
  std::map<std::pair<std::string, std::string>, CodeSeen> codes;  // table, code
  std::map<std::string, FindingSeen> findings;                    // by code
  std::map<std::string, FindingSeen> reasons;                     // why held or refused
  std::vector<int64_t> delays;             // seconds from the event to its arrival, sorted
  uint64_t in_the_future = 0;              // messages that tell of tomorrow
  uint64_t numbers = 0, without_unit = 0;  // OBX-2 NM, and of them without OBX-6
  uint64_t judged = 0;                     // of them, by a plausible range
  std::map<const PlausibleRange*, ImplausibleSeen> implausible;
  PersonsSeen persons;
  std::vector<ExamplePage> examples;  // at most three
};

constexpr size_t quality_messages_max = 20'000;

// Of what waits in the shadow, or (live) of what the feed sent; the newest, page by page. mappings:
// today's. The ranges have to outlive what is made.
Result<Quality> look_at(record::Session& session, const FeedSettings& feed, FeedMode mode,
                        const Mappings& mappings, const PlausibleRanges& ranges);

// Letters, digits, kana and kanji each become one of their own; what remains shows the shape:
// "山田^花子" -> "漢漢^漢漢", "0123-A" -> "9999-A".
std::string masked(std::string_view utf8);

}  // namespace tasuki::intake
