// Where in a sort's own index a search need not look: its dates asked for may begin far behind the
// first.
//
// Only where no record has two entries in the group: else one may stand, by another date, before
// all that were asked for.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite/plan.h"

namespace tasuki::store::sqlite {

struct SortStart {
  std::string value;                // ascending: at or above; descending: at or below; empty: open
  std::vector<const Node*> before;  // ascending: ranges whose records may stand before
};

SortStart sort_start(const Plan& plan, const SortKey& key);

}  // namespace tasuki::store::sqlite
