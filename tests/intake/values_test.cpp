// Numbers, times and usage codes: what the source writes and what FHIR gets.
#include "intake/mapping/values.h"

#include <gtest/gtest.h>

#include "intake/mapping/usage.h"

namespace tasuki::intake {
namespace {

struct Text {
  std::string name, written, expected;  // expected empty: refused
};
std::string name_of(const testing::TestParamInfo<Text>& row) {
  return row.param.name;
}

class Decimal : public testing::TestWithParam<Text> {};
TEST_P(Decimal, keeps_its_digits) {
  EXPECT_EQ(decimal_of(GetParam().written).value_or(""), GetParam().expected);
}
const Text decimals[] = {
    {"zeros_at_the_end_stay", "8.50", "8.50"},
    {"full_width", "１．５", "1.5"},
    {"without_a_whole_part", ".5", "0.5"},
    {"point_at_the_end", "5.", "5"},
    {"leading_zeros_go", "007", "7"},
    {"minus", "-0.3", "-0.3"},
    {"plus", "+2", "2"},
    {"blanks_around", " 12 ", "12"},
    {"a_word", "陰性", ""},
    {"two_points", "1.2.3", ""},
    {"an_exponent", "1e5", ""},
    {"nothing", "", ""},
};
INSTANTIATE_TEST_SUITE_P(written, Decimal, testing::ValuesIn(decimals), name_of);

class Timestamp : public testing::TestWithParam<Text> {};
TEST_P(Timestamp, becomes_a_date_time) {
  EXPECT_EQ(timestamp_of(GetParam().written, fhir::Primitive::date_time).value_or(""),
            GetParam().expected);
}
const Text timestamps[] = {
    {"day", "20240401", "2024-04-01"},
    {"minute_in_japan", "202404010900", "2024-04-01T09:00:00+09:00"},
    {"hour_alone", "2011070100", "2011-07-01T00:00:00+09:00"},
    {"milliseconds_without_their_point", "20080203163012345", "2008-02-03T16:30:12.345+09:00"},
    {"day_unknown", "19480400", "1948-04"},
    {"month_and_day_unknown", "19480000", "1948"},
    {"thirtieth_of_february", "20240230", ""},
    {"a_word", "本日", ""},
};
INSTANTIATE_TEST_SUITE_P(written, Timestamp, testing::ValuesIn(timestamps), name_of);

struct Code {
  std::string name, code;
  int times_a_day;
  std::vector<std::string_view> when;
  bool as_needed, consistent;
};
class UsageCode : public testing::TestWithParam<Code> {};
TEST_P(UsageCode, says_how_often_and_when) {
  const Usage usage = usage_of(GetParam().code);
  EXPECT_EQ(usage.times_a_day, GetParam().times_a_day);
  std::vector<std::string_view> when;
  for (const Usage::Slot& slot : usage.slots)
    when.push_back(slot.when);
  EXPECT_EQ(when, GetParam().when);
  EXPECT_EQ(usage.is_as_needed(), GetParam().as_needed);
  EXPECT_EQ(usage.consistent, GetParam().consistent);
}
const Code codes[] = {
    {"after_each_meal", "1013044400000000", 3, {"PCM", "PCD", "PCV"}, false, true},
    {"after_breakfast_and_dinner", "1012040400000000", 2, {"PCM", "PCV"}, false, true},
    {"right_after_dinner", "1011030000000000", 1, {"PCV"}, false, true},
    {"when_in_pain", "1050110020000000", 0, {}, true, true},
    {"four_times_a_day_on_the_skin", "2B74000000000000", 4, {}, false, true},
    {"morning_and_evening_by_the_clock", "2R62090900000000", 2, {"MORN", "EVE"}, false, true},
    {"times_and_slots_differ", "1013040400000000", 3, {"PCM", "PCV"}, false, false},
    {"not_a_usage_code", "ABC", 0, {}, false, true},
};
INSTANTIATE_TEST_SUITE_P(jami, UsageCode, testing::ValuesIn(codes),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tasuki::intake
