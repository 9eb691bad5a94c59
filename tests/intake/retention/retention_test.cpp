// What is forgotten of old messages, and what never is.
#include "intake/retention/retention.h"

#include "intake/receive_house.h"
#include "intake/search/search.h"

namespace tasuki::intake {
namespace {

using test::House;

class Attic {
 public:
  explicit Attic(bool waits_for_backup = false, std::string destination = {}) {
    EXPECT_TRUE(house_.receive(test::update).stored);
    EXPECT_TRUE(house_.receive(test::changed(test::admission, "ADT^A01^ADT_A01", "ADT^Z99^ADT_Z99"))
                    .stored);
    EXPECT_TRUE(MessageSearcher(house_.door(), {house_.settings()}).catch_up());
    RetentionSettings settings;
    settings.folder = std::filesystem::temp_directory_path();
    settings.kept = std::chrono::days(365);
    settings.waits_for_backup = waits_for_backup;
    if (!destination.empty()) settings.forwards = {{destination, house_.settings().id}};
    retention_ = std::make_unique<Retention>(
        house_.door(), std::vector<FeedSettings>{house_.settings()}, settings);
  }
  uint64_t look(std::chrono::days later) { return retention_->look(now() + later).value_or(999); }
  Retention& retention() { return *retention_; }
  House& house() { return house_; }

 private:
  House house_;
  std::unique_ptr<Retention> retention_;
};

TEST(Retention, forgets_the_bytes_of_old_messages_that_are_done) {
  Attic attic;
  EXPECT_EQ(attic.look(std::chrono::days(364)), 0U);
  EXPECT_EQ(attic.look(std::chrono::days(366)), 1U);
  EXPECT_TRUE(attic.house().message(1).bytes.empty());
  EXPECT_FALSE(attic.house().message(2).bytes.empty()) << "held: never";
  EXPECT_TRUE(attic.house().receive(test::update).repeated) << "still known again";
}

TEST(Retention, forgets_nothing_that_no_backup_holds) {
  Attic attic(true);
  EXPECT_EQ(attic.look(std::chrono::days(366)), 0U);
  ASSERT_TRUE(attic.retention().backed_up(1, attic.house().clerk()));
  EXPECT_EQ(attic.look(std::chrono::days(366)), 1U);
}

TEST(Retention, forgets_nothing_that_has_not_gone_on_to_its_destination) {
  Attic attic(false, "center");
  EXPECT_EQ(attic.look(std::chrono::days(366)), 0U);
}

TEST(Retention, forgets_nothing_on_hold) {
  Attic attic;
  ASSERT_TRUE(attic.retention().hold("test.feed", true, attic.house().clerk()));
  EXPECT_EQ(attic.look(std::chrono::days(366)), 0U);
  ASSERT_TRUE(attic.retention().hold("test.feed", false, attic.house().clerk()));
  EXPECT_EQ(attic.look(std::chrono::days(366)), 1U);
}

TEST(Retention, says_how_much_space_there_is) {
  Attic attic;
  const std::string said = attic.retention().space().value_or("");
  EXPECT_TRUE(said.contains(R"("freeBytes":)") && said.contains(R"("daysLeft":null)")) << said;
}

}  // namespace
}  // namespace tasuki::intake
