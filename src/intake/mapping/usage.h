// What a JAMI usage code of 16 characters says: 1013044400000000 = by mouth, daily rhythm, 3 times,
// after each meal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasuki::intake {

struct Usage {
  bool known = false;                  // 16 characters of the right shape
  bool as_needed = false;              // type 5: 頓用
  int times_a_day = 0;                 // 0: not said
  bool consistent = true;              // filled slots = times a day
  std::vector<std::string_view> when;  // FHIR event timing: PCM, PCD, PCV
};
Usage usage_of(std::string_view code);

// "basic": 1 内服 2 外用 3 注射 4 注入; "method": with the detail, two characters; "as-needed":
// "true" or nothing.
std::string usage_part(std::string_view code, std::string_view part);

}  // namespace tasuki::intake
