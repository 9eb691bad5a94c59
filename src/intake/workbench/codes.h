// Codes that no table knows, by how much waits for them, with what they probably mean and why.
//
// What a code was sent with says more than the code: its name, its unit, its values; and another
// facility that sends the standard code with the same name has made the choice already. So one pass
// over the stored messages gathers both, the codes without a meaning and the ones that have one.
// Nothing here bears a patient: names of tests, units, and of values the lowest, middle and
// highest.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "record/door.h"

namespace tasuki::intake::workbench {

// What a code was sent with.
struct Usage {
  std::map<std::string, uint64_t> names, units;
  std::set<std::string> facilities;
  std::vector<double> values;  // the first values_max
  uint64_t count = 0;

  static constexpr size_t values_max = 200;
  std::string name() const;  // the most frequent
  std::string unit() const;
};
struct Spread {
  double lowest = 0, middle = 0, highest = 0;
};
Spread spread_of(std::vector<double> values);

struct Suggestion {
  std::string system, code, display;
  double score = 0;                  // 0 to 1
  std::vector<std::string> reasons;  // Japanese / English
};

struct Unmapped {
  std::string table, code;
  Usage usage;
  uint64_t waiting = 0;  // of them in messages that are held
  std::vector<Suggestion> suggestions;
};

struct Codes {
  std::vector<Unmapped> unmapped;  // most waiting first, then most sent
  uint64_t messages = 0;           // looked at
  bool is_whole = true;            // false: there are more messages than were looked at
};

// The newest messages of each feed, at most `messages_max` together.
Result<Codes> codes_of(record::Door& door, const std::vector<std::string>& feeds,
                       uint64_t messages_max = 50'000);

// suggest.cpp. `known`: standard codes ("system|code") with what they were sent with.
std::vector<Suggestion> suggest(const Usage& usage, const std::map<std::string, Usage>& known);
// 0 to 1: how alike two names are, whatever their width, kana and blanks.
double likeness(std::string_view left, std::string_view right);

}  // namespace tasuki::intake::workbench
