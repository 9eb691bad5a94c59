// Are two records the same person? Fellegi-Sunter with fixed weights, vetoes, three bands.
//
// The weights are log2(m/u) by field, set by hand from the public figures in
// docs/decisions/0007-person-index.md and kept in one table. Vetoes come first: twins and namesakes
// share everything but the given name in kanji.
#pragma once

#include <string>
#include <string_view>

#include "record/identity/normal.h"
#include "record/person.h"

namespace tasuki::record {

constexpr std::string_view link_rule = "2026-11-1";  // version of the rules; a change is a new name

struct Verdict {
  Band band = Band::apart;
  double score = 0;
  std::string evidence;
  bool veto = false;  // apart for a reason no other link may bridge
};

Verdict compare(const Traits& left, const Traits& right);

}  // namespace tasuki::record
