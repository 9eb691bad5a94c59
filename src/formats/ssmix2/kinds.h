// The 26 data kinds of SS-MIX2 standardized storage: which message each holds, which one cancels
// it, and the HL7 field whose date names the folder.
//
// Standard: SS-MIX2 標準化ストレージ 構成の説明 1.2g/1.2h; ss-mix2.md 4.
#pragma once

#include <span>
#include <string_view>

namespace tasuki::ssmix2 {

struct Kind {
  std::string_view code;       // "OMP-01"
  std::string_view meaning;    // 日本語
  std::string_view message;    // "RDE^O11"
  std::string_view cancel;     // "ADT^A23", or empty
  std::string_view care_date;  // "ORC-9", or "-": the kind has no date and its folder is "-"
  bool is_snapshot;  // each file replaces the whole list before it (PPR-01, ADT-61) or record
                     // (ADT-00)
};

std::span<const Kind> kinds();
const Kind* kind_of(std::string_view code);            // null when there is none
std::string_view nearest_kind(std::string_view code);  // for "unknown; did you mean": always one

}  // namespace tasuki::ssmix2
