// Values that can hardly be true: what a feed's report shows as to be looked at, and nothing
// refuses. The ranges are data with their reasons: definitions/plausible-ranges.csv.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::intake {

struct PlausibleRange {
  std::string code, unit;  // JLAC10: the beginning; LOINC: the whole
  double low = 0, high = 0;
  std::string name, reason;
};

class PlausibleRanges {
 public:
  // Refused: a file that is not there, a row that is not as the header says, with its line.
  static Result<PlausibleRanges> read(const std::filesystem::path& file);
  static Result<PlausibleRanges> of_text(std::string_view text);

  // system: as senders write it, "JC10", "LN". nullptr: nothing is known of the code in this unit.
  const PlausibleRange* find(std::string_view system, std::string_view code,
                             std::string_view unit) const;

 private:
  Result<void> add(const std::vector<std::string>& cells);

  std::map<std::string, PlausibleRange, std::less<>> ranges_;  // "JC10|3H015|mmol/L"
};

}  // namespace tasuki::intake
