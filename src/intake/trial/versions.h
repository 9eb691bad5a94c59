// Two versions of a mapping folder over the same samples: which elements come out differently.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "intake/convert.h"
#include "intake/difference.h"

namespace tasuki::intake::trial {

// One resource, or one message's state, that is not what it was.
struct Change {
  std::string sample;    // the file
  std::string resource;  // "Observation/…"; empty: the message itself
  std::vector<Difference> differences;
};

struct Comparison {
  size_t messages = 0, same = 0;
  std::vector<Change> changes;
  // By "Observation.code.coding.code" without numbers, how often: what a person reads first.
  std::map<std::string, size_t> by_element() const;
};

// Adds what a sample's messages become by each of the two.
void compare(std::string_view name, std::string_view bytes, const ConvertSettings& settings,
             const Mappings& before, const Mappings& after, Comparison& out);

}  // namespace tasuki::intake::trial
