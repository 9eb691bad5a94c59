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
