// What a changed record adds to the counts: its elements and the mapping's lines that wrote them,
// as a few lines of text beside the entry, so that they can be taken off again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/convert.h"
#include "intake/replay/choice.h"

namespace tasuki::intake {

// "Observation.code.coding.code\toru 1.2 line 12\n" for each element that differs.
std::string tally_of(const fhir::Definitions& definitions, const Converted& converted,
                     uint32_t resource, std::string_view before, std::string_view after);

// `by` may be -1: modulo 2^64 that takes off.
void add_tally(std::string_view tally, uint64_t by, ReplayCounts& counts);

// Whether something may have been added: sometimes wrongly yes, never wrongly no. 16 MB.
class Filter {
 public:
  void add(std::string_view id);
  bool may_have(std::string_view id) const;

 private:
  std::vector<uint64_t> bits_ = std::vector<uint64_t>(size_t{1} << 21U);
};

}  // namespace tasuki::intake
