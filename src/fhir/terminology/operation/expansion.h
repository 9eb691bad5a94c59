// The list that an expansion holds, before it is written: order, pages, hierarchy. FHIR R4
// valueset-operation-expand.html
#pragma once

#include <set>

#include "fhir/terminology/expand.h"
#include "fhir/terminology/operation/ask.h"

namespace tasuki::fhir::terminology {

struct Entry {
  Found found;
  std::string_view version;      // of the system
  std::vector<size_t> children;  // places among the entries
  bool is_root = true;
};

struct Expansion {
  std::vector<Entry> entries;
  size_t total = 0;
  bool is_nested = false;
  std::vector<const CodeSystem*> systems;  // those used
};

struct ExpansionRules {
  std::string filter;  // folded words
  std::optional<size_t> offset, count;
  bool active_only = false, selectable_only = false, nested = false;
  Versions versions = Versions::differ;
  std::vector<std::string> excluded;  // systems, "url" or "url|version"
  size_t count_max = 10'000;          // without paging
};

// too_costly: more than count_max and no page asked for.
Result<Expansion> expansion_of(const Scope& scope, const Composed& set,
                               const ExpansionRules& rules);

}  // namespace tasuki::fhir::terminology
