// The page that somebody signs before a feed goes live: what comes, what is carried, nobody's name.
#include "intake/standing/quality.h"

#include <gmock/gmock.h>

#include "intake/receive_house.h"
#include "intake/standing/standings.h"

namespace tasuki::intake {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Masked, keeps_the_shape_and_nothing_else) {
  EXPECT_EQ(masked("山田^花子"), "漢漢^漢漢");
  EXPECT_EQ(masked("ヤマダ やまだ ﾔﾏﾀﾞ"), "アアア アアア アアアア");
  EXPECT_EQ(masked("0123-Ab"), "9999-Aa");
  EXPECT_EQ(masked(""), "");
}

TEST(Report, shows_what_a_feed_in_the_shadow_sends_without_names) {
  test::House house;
  Standings standings(house.door());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  house.receive(test::update);
  const auto page = standings.report("test.feed", *test::mappings(), house.clerk());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(*page, HasSubstr("影の運用中"));
  EXPECT_THAT(*page, HasSubstr("まだ稼働の基準を満たしていません。"));
  EXPECT_THAT(*page, HasSubstr("まだ 1 件しか届いていません"));
  EXPECT_THAT(*page,
              HasSubstr("<tr><td>ADT^A08<td class=\"n\">1<td class=\"n\">1<td class=\"n\">0"));
  EXPECT_THAT(*page, HasSubstr("<tr><td>PID-5<td class=\"n\">1<td>漢漢"));
  EXPECT_THAT(*page, Not(HasSubstr("山田")));
}

PlausibleRanges ranges() {
  return PlausibleRanges::read(std::filesystem::path(TASUKI_TESTS_FOLDER) /
                               "../definitions/plausible-ranges.csv")
      .value();
}

std::string potassium(const std::string& number, const std::string& value) {
  return test::changed(
      test::changed(test::local_result, "17^AST^99LAB||24|U/L",
                    "3H015000002326101^カリウム^JC10||" + value + "|mmol/L^mmol/L^ISO+"),
      "|901|", "|" + number + "|");
}

TEST(Report, shows_values_that_can_hardly_be_true_and_takes_them) {
  test::House house;
  Standings standings(house.door(), ranges());
  house.attach(standings);
  for (const char* const value : {"4.1", "41", "39"})
    EXPECT_EQ(house.receive(potassium(value, value)).state, Converted::State::done);
  const auto page = standings.report("test.feed", *test::mappings(), house.clerk());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(*page, HasSubstr("確かめたいもの<td class=\"n\">2 / 3"));
  EXPECT_THAT(*page, HasSubstr("0.8〜12 mmol/L<td class=\"n\">2<td>39〜41<td>小数点の誤り"));
}

TEST(Report, shows_whom_a_feed_in_the_shadow_would_join_and_joins_nobody) {
  const std::string rich = test::changed(test::update, "試験^花子^^^^^L^I||19800203|F",
                                         "試験^花子^^^^^L^I~シケン^ハナコ^^^^^L^P||19800203|F|||^^^"
                                         "^113-0033^JPN^H^東京都文京区本郷１－２－３"
                                         "||^PRN^PH^^^^^^^^^03-0000-1234");
  test::House house;
  FeedSettings other = house.settings();
  other.id = "other.feed";
  other.organisation = "1310000001";
  Receiver(other, house.door(), test::mappings()).receive({.bytes = rich});
  Standings standings(house.door(), ranges());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  house.receive(rich);
  house.receive(
      test::changed(test::changed(rich, "0123456789", "0000000777"), "19800203", "19510101"));
  house.receive(test::changed(test::changed(test::update, "0123456789", "0000000778"), "試験^花子",
                              "見本^太郎"));
  const auto page = standings.report("test.feed", *test::mappings(), house.clerk());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(*page, HasSubstr("3 人の患者を"));
  EXPECT_THAT(*page, HasSubstr("同じ人としてつながる<b>1</b>"));
  EXPECT_THAT(*page, HasSubstr("人が確かめることになる<b>1</b>"));
  EXPECT_THAT(
      *page,
      HasSubstr("カナ氏名 同じ・漢字氏名 同じ・生年月日 ちがう・性別 同じ・電話 同じ・住所 同じ"));
  EXPECT_THAT(*page, HasSubstr("ほかに記録のない人<b>1</b>"));
  EXPECT_EQ(house.count_of("Patient", ""), 0U) << "of this facility";
}

TEST(PlausibleRanges, are_of_a_unit) {
  const auto all = ranges();
  EXPECT_EQ(all.find("JC10", "3H015000002326101", "mmol/L")->high, 12);
  EXPECT_EQ(all.find("JC10", "3H015000002326101", "mg/dL"), nullptr);
  EXPECT_EQ(all.find("LN", "8310-5", "Cel")->name, "体温");
  EXPECT_EQ(all.find("LN", "8310-50", "Cel"), nullptr);
}

struct Wrong {
  const char* name;
  const char* row;
};
class RangeRows : public testing::TestWithParam<Wrong> {};
TEST_P(RangeRows, are_refused_with_their_line) {
  const auto made = PlausibleRanges::of_text(
      std::string("# why\nsystem,code,unit,low,high,name,reason\n") + GetParam().row + "\n");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().location, "line 3");
}
INSTANTIATE_TEST_SUITE_P(Rows, RangeRows,
                         testing::Values(Wrong{"of_an_unknown_system", "SNOMED,1,g,1,2,x,y"},
                                         Wrong{"the_wrong_way_round", "LOINC,1,g,2,1,x,y"},
                                         Wrong{"without_a_reason", "LOINC,1,g,1,2,x,"},
                                         Wrong{"no_number", "LOINC,1,g,one,2,x,y"},
                                         Wrong{"too_short", "LOINC,1,g,1,2"}),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Report, is_for_the_own_facility) {
  test::House house;
  Standings standings(house.door());
  house.attach(standings);
  auto stranger = house.clerk();
  stranger.organisation = "1310000099";
  const auto page = standings.report("test.feed", *test::mappings(), stranger);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, Error::Kind::not_found);
}

}  // namespace
}  // namespace tasuki::intake
