#include "base/holiday.h"

#include <gtest/gtest.h>

namespace tasuki {
namespace {

using std::chrono::year;
using std::chrono::year_month_day;

struct Case {
  const char* name;
  int year;
  unsigned month, day;
  std::string_view holiday;
};
class Holiday : public testing::TestWithParam<Case> {};
TEST_P(Holiday, has_its_name) {
  const Case& c = GetParam();
  EXPECT_EQ(holiday_name(year(c.year) / c.month / c.day), c.holiday);
}
// As the Cabinet Office published them.
const Case cases[] = {
    {"new_year", 2026, 1, 1, "元日"},
    {"second_monday_of_january", 2026, 1, 12, "成人の日"},
    {"birthday_of_the_reigning_emperor", 2026, 2, 23, "天皇誕生日"},
    {"birthday_of_the_former_emperor", 2018, 12, 23, "天皇誕生日"},
    {"between_two_reigns_no_birthday", 2019, 12, 23, ""},
    {"spring_equinox_2025", 2025, 3, 20, "春分の日"},
    {"spring_equinox_2023", 2023, 3, 21, "春分の日"},
    {"autumn_equinox_2024", 2024, 9, 22, "秋分の日"},
    {"its_substitute", 2024, 9, 23, "振替休日"},
    {"autumn_equinox_2026", 2026, 9, 23, "秋分の日"},
    {"day_between_two_holidays_2026", 2026, 9, 22, "国民の休日"},
    {"no_day_between_in_2025", 2025, 9, 22, ""},
    {"substitute_after_three_holidays_in_a_row", 2026, 5, 6, "振替休日"},
    {"holiday_on_a_sunday_keeps_its_name", 2025, 2, 23, "天皇誕生日"},
    {"and_the_monday_rests", 2025, 2, 24, "振替休日"},
    {"ten_days_of_2019", 2019, 4, 30, "国民の休日"},
    {"enthronement", 2019, 5, 1, "天皇の即位の日"},
    {"and_the_day_after", 2019, 5, 2, "国民の休日"},
    {"olympic_sports_day", 2021, 7, 23, "スポーツの日"},
    {"its_usual_monday_was_not", 2021, 10, 11, ""},
    {"mountain_day_moved_and_substituted", 2021, 8, 9, "振替休日"},
    {"a_plain_sunday", 2026, 11, 22, ""},
    {"a_plain_weekday", 2026, 11, 25, ""},
    {"before_what_is_known", 2006, 1, 1, ""},
};
INSTANTIATE_TEST_SUITE_P(Table, Holiday, testing::ValuesIn(cases),
                         [](const auto& row) { return row.param.name; });

TEST(RestDay, sundays_holidays_and_the_turn_of_the_year) {
  EXPECT_TRUE(is_rest_day(year(2026) / 11 / 22));
  EXPECT_TRUE(is_rest_day(year(2026) / 11 / 23));
  EXPECT_TRUE(is_rest_day(year(2026) / 12 / 29));
  EXPECT_TRUE(is_rest_day(year(2027) / 1 / 3));
  EXPECT_FALSE(is_rest_day(year(2026) / 12 / 28));
  EXPECT_FALSE(is_rest_day(year(2026) / 11 / 21));  // Saturday
}

}  // namespace
}  // namespace tasuki
