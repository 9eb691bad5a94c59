// Feeds in the shadow, the gate they pass, and back.
#include "intake/standing/standings.h"

#include "intake/receive_house.h"
#include "intake/replay/replays.h"

namespace tasuki::intake {
namespace {

using test::House;

GateLimits easy() {
  return {
      .messages_min = 1, .done_min = 0, .carried_min = 0, .task_max = 1, .unknown_kinds_max = 100};
}

TEST(Standings, in_the_shadow_everything_is_taken_and_nothing_published) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  const Receipt receipt = house.receive(test::update);
  EXPECT_TRUE(receipt.stored);
  EXPECT_EQ(receipt.state, Converted::State::done) << "the sender sees no difference";
  EXPECT_EQ(house.message(1).state, record::MessageState::shadow);
  EXPECT_EQ(house.count_of("Patient", ""), 0U);
  EXPECT_TRUE(house.receive(test::update).repeated);
}

TEST(Standings, what_the_shadow_holds_is_compared_published_and_taken_back) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  house.receive(test::update);
  Replays replays(house.door(), test::mappings(), {house.settings()}, {});
  ReplayChoice choice;
  choice.feed = "test.feed";
  choice.state = record::MessageState::shadow;
  const auto id = replays.start(choice, house.clerk());
  ASSERT_TRUE(id) << id.error().message;
  replays.wait();
  const std::string shown = replays.show(*id, house.clerk()).value_or("");
  EXPECT_TRUE(shown.contains(R"("Patient create":1)")) << shown;
  ASSERT_TRUE(replays.publish(*id, house.clerk()));
  replays.wait();
  EXPECT_EQ(house.count_of("Patient", ""), 1U);
  EXPECT_EQ(house.message(1).state, record::MessageState::done);
  ASSERT_TRUE(replays.undo(*id, house.clerk()));
  replays.wait();
  EXPECT_EQ(house.count_of("Patient", ""), 0U);
  EXPECT_EQ(house.message(1).state, record::MessageState::shadow);
}

TEST(Standings, a_paused_feed_takes_nothing_and_loses_nothing) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  EXPECT_FALSE(standings.turn("test.feed", FeedMode::paused, "", house.clerk())) << "say why";
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::paused, "保守", house.clerk()));
  EXPECT_FALSE(house.receive(test::update).stored);
  ASSERT_TRUE(standings.resume("test.feed", house.clerk()));
  EXPECT_TRUE(house.receive(test::update).stored);
  EXPECT_EQ(house.message(1).state, record::MessageState::done) << "it was live before";
}

TEST(Standings, are_the_same_after_a_restart) {
  House house;
  {
    Standings standings(house.door());
    house.attach(standings);
    ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "試験", house.clerk()));
  }
  Standings standings(house.door());
  house.attach(standings);
  EXPECT_EQ(standings.mode_of("test.feed"), FeedMode::shadow);
  EXPECT_TRUE(standings.show("test.feed", house.clerk()).value_or("").contains("試験"));
}

TEST(Standings, the_gate_names_what_is_missing) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  house.receive(test::changed(test::admission, "ADT^A01^ADT_A01", "ADT^Z99^ADT_Z99"));
  const auto refused = standings.turn("test.feed", FeedMode::live, "", house.clerk());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::conflict);
  EXPECT_TRUE(refused.error().message.contains("Only 1 messages")) << refused.error().message;
  EXPECT_TRUE(refused.error().message.contains("1 messages are of kinds without a mapping"));
  const std::string gate = standings.gate("test.feed", house.clerk()).value_or("");
  EXPECT_TRUE(gate.contains(R"("mayGoLive":false)")) << gate;
  EXPECT_TRUE(gate.contains(R"("ADT^Z99":1)")) << gate;
  ASSERT_TRUE(standings.set_limits("test.feed", easy(), house.clerk()));
  EXPECT_TRUE(standings.turn("test.feed", FeedMode::live, "", house.clerk()));
}

TEST(Standings, a_code_that_no_table_knows_keeps_the_gate_shut) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  house.receive(test::local_result);
  const std::string gate = standings.gate("test.feed", house.clerk()).value_or("");
  EXPECT_TRUE(gate.contains(R"("coded":0.0000)")) << gate;
  EXPECT_TRUE(gate.contains("0.0% of the messages have all their codes in the tables")) << gate;
}

TEST(Standings, the_gate_can_be_passed_with_a_reason) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  ASSERT_TRUE(standings.turn("test.feed", FeedMode::shadow, "", house.clerk()));
  EXPECT_FALSE(standings.turn("test.feed", FeedMode::live, "", house.clerk()));
  EXPECT_TRUE(standings.turn("test.feed", FeedMode::live, "院長の判断", house.clerk()));
}

TEST(Standings, are_turned_by_the_clerks_of_the_feeds_own_facility) {
  House house;
  Standings standings(house.door());
  house.attach(standings);
  auto other = house.clerk();
  other.organisation = "1310000002";
  EXPECT_FALSE(standings.turn("test.feed", FeedMode::shadow, "", other));
  EXPECT_EQ(standings.mode_of("test.feed"), FeedMode::live);
}

}  // namespace
}  // namespace tasuki::intake
