#include "base/wareki.h"

#include <gtest/gtest.h>

namespace tasuki {
namespace {

using std::chrono::year;
using std::chrono::year_month_day;

std::optional<WarekiDate> on(int y, unsigned m, unsigned d) {
  return WarekiDate{year(y) / m / d, false};
}
std::optional<WarekiDate> past(int y, unsigned m, unsigned d) {
  return WarekiDate{year(y) / m / d, true};
}

struct Case {
  const char* name;
  const char* text;
  std::optional<WarekiDate> date;
};
class Wareki : public testing::TestWithParam<Case> {};
TEST_P(Wareki, parses) {
  EXPECT_EQ(read_wareki(GetParam().text), GetParam().date);
}
const Case cases[] = {
    {"last_day_of_heisei", "平成31年4月30日", on(2019, 4, 30)},
    {"first_year_is_gannen", "令和元年5月1日", on(2019, 5, 1)},
    {"first_year_as_one", "令和1年5月1日", on(2019, 5, 1)},
    {"short_form", "S64.1.7", on(1989, 1, 7)},
    {"full_width", "令和６年４月１５日", on(2024, 4, 15)},
    {"blanks", "昭和 27年 3月14日", on(1952, 3, 14)},
    {"one_kanji", "昭27-03-14", on(1952, 3, 14)},
    {"square_sign", "㍻元.1.8", on(1989, 1, 8)},
    {"small_letter", "r6/4/15", on(2024, 4, 15)},
    {"claims_digits", "5060415", on(2024, 4, 15)},
    {"letter_and_digits", "S270314", on(1952, 3, 14)},
    {"meiji", "M45.7.29", on(1912, 7, 29)},
    {"heisei_went_on", "平成32年1月1日", past(2020, 1, 1)},
    {"showa_64_after_its_end", "S64.1.8", past(1989, 1, 8)},
    {"too_far_past_the_end", "平成60年1月1日", std::nullopt},
    {"before_the_era_began", "平成元年1月7日", std::nullopt},
    {"there_is_no_year_zero", "令和0年1月1日", std::nullopt},
    {"no_such_day", "令和5年2月29日", std::nullopt},
    {"no_such_month", "R5.13.1", std::nullopt},
    {"no_era", "2024年4月15日", std::nullopt},
    {"text_behind", "R6.4.15生", std::nullopt},
    {"cut_short", "令和6年4月", std::nullopt},
    {"era_alone", "令和", std::nullopt},
    {"nothing", "", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Base, Wareki, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& info) {
                           return std::string(info.param.name);
                         });

TEST(WarekiPrint, writes_what_it_reads) {
  EXPECT_EQ(print_wareki(year(2019) / 5 / 1), "令和元年5月1日");
  EXPECT_EQ(print_wareki(year(2019) / 4 / 30), "平成31年4月30日");
  EXPECT_EQ(print_wareki(year(1952) / 3 / 14, WarekiForm::letter), "S27.3.14");
  EXPECT_EQ(print_wareki(year(2024) / 4 / 15, WarekiForm::digits), "5060415");
  EXPECT_EQ(print_wareki(year(1800) / 1 / 1), "");
}

TEST(WarekiPrint, round_trips_every_day) {
  for (auto date = std::chrono::sys_days(year(1868) / 1 / 25);
       date < std::chrono::sys_days(year(2040) / 1 / 1); date += std::chrono::days(1))
    for (const auto form : {WarekiForm::written, WarekiForm::letter, WarekiForm::digits})
      ASSERT_EQ(parse_wareki(print_wareki(year_month_day(date), form)), year_month_day(date));
}

}  // namespace
}  // namespace tasuki
