// A real feed on a real socket, looked after: what the card says before, while and after messages
// come.
#include "intake/health/monitor.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/uuid.h"
#include "intake/fixture.h"

namespace tasuki::intake::health {
namespace {

namespace fs = std::filesystem;

class House {
 public:
  House() : folder_(fs::temp_directory_path() / ("tasuki-health-" + random_uuid())) {
    auto door = record::Door::open(
        {.folder = folder_, .key_from_environment = {}, .credentials_folder = {}},
        test::definitions());
    if (!door) throw std::runtime_error(door.error().message);
    door_ = *std::move(door);
    settings.id = "minato-lab.results";
    settings.organisation = "1319999999";
    settings.name = "みなと検査センター";
    auto started = start_feed(settings, *door_, test::mappings());
    if (!started) throw std::runtime_error(started.error().message);
    feed_ = *std::move(started);
  }
  ~House() {
    feed_.reset();
    door_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const Feed& feed() const { return *feed_; }
  record::Door& door() { return *door_; }

  FeedSettings settings;

 private:
  fs::path folder_;
  std::unique_ptr<record::Door> door_;
  std::unique_ptr<Feed> feed_;
};

TEST(Monitor, a_feed_that_never_sent_waits_for_its_first_message) {
  House house;
  Monitor monitor(house.door());
  ASSERT_TRUE(monitor.add(house.feed(), house.settings));
  monitor.look(now());
  const auto health = monitor.health(now());
  ASSERT_EQ(health.size(), 1u);
  EXPECT_EQ(health[0].card.level, Card::Level::learning);
  EXPECT_EQ(health[0].card.lines[0],
            "⚪ みなと検査センター(minato-lab.results)から、まだ何も届いていません。");
  EXPECT_EQ(health[0].status.connections, 0u);
}

TEST(Monitor, an_unknown_feed_is_named_with_the_known_ones) {
  House house;
  Monitor monitor(house.door());
  ASSERT_TRUE(monitor.add(house.feed(), house.settings));
  const auto refused = monitor.was_false("minato-lab.result");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("minato-lab.results"), std::string::npos);
}

// Wednesday 2026-03-25, 10:20, after three usual weeks of forty an hour.
Watch watched(Instant until) {
  Watch watch;
  const Instant begin = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) - japan_offset;
  for (Instant at = begin; at < until; at += std::chrono::seconds(90)) {
    watch.arrived(std::chrono::floor<std::chrono::minutes>(at), 1);
    (void)watch.look(at);
  }
  return watch;
}

const Instant twenty_past_ten = std::chrono::sys_days(std::chrono::year(2026) / 3 / 25) -
                                japan_offset + std::chrono::minutes(10 * 60 + 20);

TEST(Card, four_lines_when_a_laboratory_is_silent_and_cut_off) {
  FeedSettings settings;
  settings.id = "lab";
  settings.name = "みなと検査センター";
  FeedStatus status;
  status.connections = 0;
  Watch watch = watched(twenty_past_ten);
  const Instant later = twenty_past_ten + std::chrono::hours(1);
  std::optional<Alarm> alarm;
  for (Instant at = twenty_past_ten; at <= later; at += std::chrono::minutes(1))
    alarm = watch.look(at);
  ASSERT_TRUE(alarm);
  const Card card = card_of(settings, status, watch, alarm, later);
  EXPECT_EQ(card.level, Card::Level::fault);
  EXPECT_EQ(card.lines[0], "🔴 みなと検査センター(lab)から、届くはずのものが届いていません。");
  EXPECT_EQ(card.lines[1], "10:19から0件です(ふだんの水曜のこの時間は1時間に約40件)。");
  EXPECT_EQ(card.lines[2], "送り側の機械とつながっていません。こちらの機械は正常です。");
  EXPECT_NE(card.lines[3].find("「MLLPの接続が切れた」"), std::string::npos);
}

TEST(Card, two_lines_when_all_is_well) {
  FeedSettings settings;
  settings.id = "lab";
  Watch watch = watched(twenty_past_ten);
  const Card card = card_of(settings, {}, watch, watch.look(twenty_past_ten), twenty_past_ten);
  EXPECT_EQ(card.level, Card::Level::well);
  EXPECT_EQ(card.lines[0], "🟢 lab(lab)から、いつもどおり届いています。");
  EXPECT_TRUE(card.lines[2].empty());
}

TEST(Watch, the_time_the_program_was_away_is_no_silence) {
  Watch watch = watched(twenty_past_ten);
  const Instant back = twenty_past_ten + std::chrono::hours(30);
  watch.away_until(back);
  EXPECT_FALSE(watch.look(back + std::chrono::minutes(1)));
}

}  // namespace
}  // namespace tasuki::intake::health
