// A value set's content, one code after the other: for $expand, for search, for choices on a
// screen.
#pragma once

#include <functional>

#include "fhir/terminology/composed.h"

namespace tasuki::fhir::terminology {

struct Found {
  std::string_view url, code;
  const CodeSystem* system = nullptr;  // nullptr: not at hand
  std::optional<uint32_t> number;      // of the concept in it
  const Listed* listed = nullptr;      // where the value set names it itself
  const Part* part = nullptr;
};

// In the order of the compose and of the systems; what is excluded is left out, and the same code
// may come again from another part. Ends when `each` says false. versions_match: one code is the
// same in all versions of its system, also where it is excluded.
enum class Versions : uint8_t { differ, match };
void walk(const Composed& set, Versions versions, const std::function<bool(const Found&)>& each);

// The same flat, each code once. too_costly beyond count_max; not_found where the compose has a
// problem.
Result<std::vector<Member>> members_of(const Composed& set, size_t count_max);

}  // namespace tasuki::fhir::terminology
