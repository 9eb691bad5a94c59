#include <gtest/gtest.h>

#include "base/time.h"

namespace tasuki {
namespace {

struct Case {
  const char* name;
  const char* text;
  std::optional<std::string> expected;
};
auto name_of = [](const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
};

class Hl7Timestamp : public testing::TestWithParam<Case> {};
TEST_P(Hl7Timestamp, says_exactly_as_much_in_fhir) {
  EXPECT_EQ(fhir_date_time_of_hl7(GetParam().text), GetParam().expected);
}
const Case hl7_cases[] = {
    {"a_year", "2026", "2026"},
    {"a_month", "202611", "2026-11"},
    {"a_day", "20261123", "2026-11-23"},
    {"a_minute_gains_seconds_and_japan", "202611231015", "2026-11-23T10:15:00+09:00"},
    {"a_second", "20261123101530", "2026-11-23T10:15:30+09:00"},
    {"fractions_keep_their_digits", "20240402091530.1230", "2024-04-02T09:15:30.1230+09:00"},
    {"a_zone_of_its_own", "20240402091530+0000", "2024-04-02T09:15:30+00:00"},
    {"a_zone_behind_the_minute", "202404020915-0330", "2024-04-02T09:15:00-03:30"},
    {"leap_day", "20240229", "2024-02-29"},
    {"no_leap_day", "20230229", std::nullopt},
    {"no_month_13", "20231301", std::nullopt},
    {"an_hour_alone_is_not_a_fhir_time", "2023120109", std::nullopt},
    {"no_25th_hour", "20231201250000", std::nullopt},
    {"letters", "2023ab", std::nullopt},
    {"nothing", "", std::nullopt},
    {"a_point_without_digits", "20231201101010.", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Time, Hl7Timestamp, testing::ValuesIn(hl7_cases), name_of);

class FhirInstant : public testing::TestWithParam<Case> {};
TEST_P(FhirInstant, is_told_in_japan_time) {
  const auto instant = parse_instant(GetParam().text);
  EXPECT_EQ(instant ? std::optional(format_instant(*instant)) : std::nullopt, GetParam().expected);
}
const Case instant_cases[] = {
    {"utc", "2024-02-29T00:00:00Z", "2024-02-29T09:00:00.000+09:00"},
    {"japan", "2026-11-23T10:15:00.123+09:00", "2026-11-23T10:15:00.123+09:00"},
    {"before_1970", "1944-03-14T00:00:00+09:00", "1944-03-14T00:00:00.000+09:00"},
    {"no_zone", "2026-11-23T10:15:00", std::nullopt},
    {"a_date_only", "2026-11-23", std::nullopt},
    {"text_behind", "2026-11-23T10:15:00Zx", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Time, FhirInstant, testing::ValuesIn(instant_cases), name_of);

}  // namespace
}  // namespace tasuki
