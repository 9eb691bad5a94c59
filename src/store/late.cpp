#include <algorithm>

#include "store/store.h"

namespace tasuki::store {

bool is_late(std::string_view as_of, std::string_view standing) {
  const size_t both = std::min(as_of.size(), standing.size());
  return as_of.substr(0, both) < standing.substr(0, both);
}

}  // namespace tasuki::store
