#include "fhir/search/moment.h"

#include <gtest/gtest.h>

namespace tasuki::fhir::search {
namespace {

constexpr int64_t second = 1'000'000, minute = 60 * second, day = 24 * 60 * minute;

struct Case {
  const char* name;
  const char* text;
  std::optional<std::pair<int64_t, int64_t>> moment;  // from, and how long
};
void PrintTo(const Case& each, std::ostream* out) {
  *out << each.text;
}

const Case cases[] = {
    {"year", "1970", std::pair{-9 * 60 * minute, 365 * day}},
    {"leap_year", "1972", std::pair{730 * day - 540 * minute, 366 * day}},
    {"month", "1970-02", std::pair{31 * day - 540 * minute, 28 * day}},
    {"december", "1970-12", std::pair{334 * day - 540 * minute, 31 * day}},
    {"day", "1970-01-02", std::pair{day - 540 * minute, day}},
    {"minute", "1970-01-01T09:00", std::pair{int64_t{0}, minute}},
    {"second_of_japan", "1970-01-01T09:00:01", std::pair{second, second}},
    {"second_utc", "1970-01-01T00:00:01Z", std::pair{second, second}},
    {"offset", "1970-01-01T05:30:00+05:30", std::pair{int64_t{0}, second}},
    {"offset_behind", "1969-12-31T19:00:00-05:00", std::pair{int64_t{0}, second}},
    {"offset_whose_plus_was_eaten", "1970-01-01T09:00:00 09:00", std::pair{int64_t{0}, second}},
    {"tenth", "1970-01-01T00:00:00.1Z", std::pair{100'000, 100'000}},
    {"millisecond", "1970-01-01T00:00:00.120Z", std::pair{120'000, 1'000}},
    {"finer_than_a_microsecond", "1970-01-01T00:00:00.1234567Z", std::pair{123'456, 1}},
    {"leap_second", "1970-01-01T00:00:60Z", std::pair{minute, second}},
    {"leap_day", "2024-02-29", std::pair{19782 * day - 540 * minute, day}},
    {"no_leap_day", "2023-02-29", std::nullopt},
    {"month_13", "2023-13", std::nullopt},
    {"month_0", "2023-00", std::nullopt},
    {"day_0", "2023-01-00", std::nullopt},
    {"hour_24", "2023-01-01T24:00", std::nullopt},
    {"hour_alone", "2023-01-01T10", std::nullopt},
    {"time_on_a_month", "2023-01T10:00", std::nullopt},
    {"short_year", "202", std::nullopt},
    {"text_behind", "2023-01-01x", std::nullopt},
    {"text_behind_zone", "2023-01-01T00:00:00Zx", std::nullopt},
    {"point_without_digits", "2023-01-01T00:00:00.Z", std::nullopt},
    {"offset_too_large", "2023-01-01T00:00:00+15:00", std::nullopt},
    {"japanese_era", "令和6年", std::nullopt},
    {"empty", "", std::nullopt},
};
TEST(Moment, without_a_zone_is_in_the_one_given) {
  const auto day_of_utc = parse_moment("1970-01-01", std::chrono::minutes(0));
  ASSERT_TRUE(day_of_utc);
  EXPECT_EQ(day_of_utc->from, 0);
  EXPECT_EQ(parse_moment("1970-01-01T00:00", std::chrono::minutes(-90))->from, 90 * minute);
  EXPECT_EQ(parse_moment("1970-01-01T00:00:00Z", std::chrono::minutes(-90))->from, 0);
}

class Moments : public ::testing::TestWithParam<Case> {};
TEST_P(Moments, last_as_long_as_was_written) {
  const auto parsed = parse_moment(GetParam().text);
  const auto moment =
      parsed ? std::optional(std::pair{parsed->from, parsed->to - parsed->from}) : std::nullopt;
  EXPECT_EQ(moment, GetParam().moment);
}
INSTANTIATE_TEST_SUITE_P(Moment, Moments, ::testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::fhir::search
