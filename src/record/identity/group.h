// Links to persons: the strongest link first, and never two records in one group that a verdict
// holds apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/person.h"

namespace tasuki::record {

struct GroupRecord {
  std::string id;
  uint64_t order = 0;  // smaller is older
};

// Each group's oldest record first. The result does not depend on the order of records or links.
std::vector<std::vector<std::string>> groups_of(std::vector<GroupRecord> records,
                                                std::vector<Link> links);

}  // namespace tasuki::record
