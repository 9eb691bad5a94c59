// Messages into a real record and back: nothing doubled, nothing lost, the inbox lets go after a
// repair.
#include <filesystem>

#include "intake/inbox/inbox.h"
#include "intake/receive_house.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;

using test::admission;
using test::changed;
using test::House;
using test::update;

TEST(Receive, a_repeated_message_gets_the_stored_answer) {
  House house;
  const Receipt first = house.receive(admission);
  ASSERT_TRUE(first.stored) << first.reason;
  EXPECT_EQ(first.state, Converted::State::done) << first.reason;
  const Receipt second = house.receive(admission);
  EXPECT_TRUE(second.repeated);
  EXPECT_EQ(second.answer, first.answer);
}

TEST(Receive, the_same_content_under_another_control_id_makes_no_new_version) {
  House house;
  ASSERT_EQ(house.receive(admission).state, Converted::State::done);
  const std::string before = house.newest();
  std::string again = admission;
  again.replace(again.find("|77|"), 4, "|78|");
  const Receipt receipt = house.receive(again);
  EXPECT_FALSE(receipt.repeated);
  EXPECT_EQ(receipt.state, Converted::State::done) << receipt.reason;
  EXPECT_EQ(house.newest(), before);
}

TEST(Receive, a_held_message_waits_with_its_reason_and_is_tried_again) {
  House house;
  std::string diet = admission;
  diet.replace(diet.find("ADT^A01^ADT_A01"), 15, "ADT^A20^ADT_A20");
  EXPECT_EQ(house.receive(diet).state, Converted::State::held);
  Inbox inbox(house.door(), test::mappings(), {house.settings()});
  const auto waiting = inbox.waiting();
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_TRUE(waiting->front().reason.starts_with("mapping.none")) << waiting->front().reason;
  const auto outcome = inbox.replay({});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->tried, 1u);
  EXPECT_EQ(outcome->still_held, 1u);
}

TEST(Receive, a_file_held_for_its_folder_is_not_published_by_replaying_it) {
  House house;
  EXPECT_EQ(house.receive(admission, "ADT-22", "999").state, Converted::State::held);
  Inbox inbox(house.door(), test::mappings(), {house.settings()});
  const auto outcome = inbox.replay({});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->still_held, 1u);
  EXPECT_EQ(outcome->done, 0u);
}

TEST(Receive, a_control_id_used_again_for_other_content_is_accepted_and_flagged) {
  House house;
  ASSERT_TRUE(house.receive(admission).stored);
  std::string other = admission;
  other.replace(other.find("32^302^1"), 8, "32^305^1");
  EXPECT_EQ(house.receive(other).state, Converted::State::done);
  const auto stored = house.receiver().session().find_same_message("test.feed", other);
  ASSERT_TRUE(stored && *stored);
  EXPECT_NE((*stored)->report.find("duplicate.control-id"), std::string::npos);
}

TEST(Receive, bytes_that_are_no_message_are_kept_as_refused) {
  House house;
  const Receipt receipt = house.receive("hello");
  EXPECT_TRUE(receipt.stored);
  EXPECT_EQ(receipt.state, Converted::State::refused);
}

class SecondPass : public testing::TestWithParam<std::string> {};
TEST_P(SecondPass, of_every_reference_file_makes_no_new_version) {
  const fs::path folder = fs::path(TASUKI_REFERENCE_FOLDER) / GetParam();
  if (!fs::exists(folder)) GTEST_SKIP() << "the reference set " << GetParam() << " is absent";
  House house;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string bytes =
        entry.is_regular_file() ? test::bytes_of(entry.path()) : std::string();
    if (!bytes.starts_with("MSH")) continue;
    const Receipt first = house.receive(bytes);
    EXPECT_TRUE(first.stored) << entry.path() << first.reason;
    EXPECT_NE(first.reason.substr(0, 6), "record") << entry.path() << first.reason;
    const std::string before = house.newest();
    const Receipt second = house.receive(bytes + "\r");  // other bytes, the same content
    EXPECT_FALSE(second.repeated) << entry.path();
    EXPECT_EQ(house.newest(), before) << entry.path();
  }
}
INSTANTIATE_TEST_SUITE_P(sets, SecondPass, testing::Values("legacy/hl7v2", "legacy/ss-mix2"),
                         [](const auto& row) {
                           return row.param.ends_with("hl7v2") ? "hl7v2" : "ssmix2";
                         });

// ---- what came late, and what is missing from a newer list (mapping.md, "Order per key")

TEST(Receive, an_older_event_that_arrives_late_does_not_overwrite_newer_data) {
  House house;
  const std::string newer =
      changed(changed(update, "202404151015", "202404171015"), "試験^花子", "川口^花子");
  ASSERT_EQ(house.receive(newer).state, Converted::State::done);
  const Receipt late = house.receive(changed(update, "|77|", "|78|"));
  EXPECT_EQ(late.state, Converted::State::done) << late.reason;
  EXPECT_NE(house.text_of("Patient").find("川口"), std::string::npos);
  const auto kept = house.receiver().session().find_message(house.settings().id, "78");
  ASSERT_TRUE(kept && *kept);
  EXPECT_NE((*kept)->report.find("\"late\":[\""), std::string::npos) << (*kept)->report;
}

TEST(Receive, an_event_of_the_same_day_is_not_late_for_want_of_a_time_of_day) {
  House house;
  ASSERT_EQ(house.receive(update).state, Converted::State::done);
  const std::string by_day = changed(
      changed(changed(update, "EVN||202404151015", "EVN||20240415"), "試験^花子", "川口^花子"),
      "|77|", "|78|");
  ASSERT_EQ(house.receive(by_day).state, Converted::State::done);
  EXPECT_NE(house.text_of("Patient").find("川口"), std::string::npos);
}

std::string problem_list(std::string_view time, std::string_view problems) {
  return "MSH|^~\\&|EMR|1319999999|R|R|" + std::string(time) + "||PPR^ZD1^PPR_ZD1|" +
         std::string(time) +
         "|P|2.5||||||UNICODE "
         "UTF-8\rPID|||0123456789^^^^PI||試験^花子^^^^^L^I||19800203|F\rPV1||O\r" +
         std::string(problems);
}

constexpr std::string_view hypertension =
    "PRB|AD|20240401|I10^高血圧症^I10|P1||||||||||||20240401\r";
constexpr std::string_view diabetes = "PRB|AD|20240401|E11^糖尿病^I10|P2||||||||||||20240401\r";

Receipt receive_list(House& house, const std::string& bytes) {
  return house.receiver().receive(
      {.bytes = bytes, .kind = "PPR-01", .patient = "0123456789", .list = "-/1"});
}

TEST(Receive, an_entry_missing_from_a_newer_list_is_taken_back) {
  House house;
  const auto both =
      problem_list("20240415101500", std::string(hypertension) + std::string(diabetes));
  ASSERT_EQ(receive_list(house, both).state, Converted::State::done);
  ASSERT_EQ(house.count_of("Condition", "confirmed"), 2U);
  const auto one = problem_list("20240416101500", diabetes);
  const Receipt receipt = receive_list(house, one);
  ASSERT_EQ(receipt.state, Converted::State::done) << receipt.reason;
  EXPECT_EQ(house.count_of("Condition", "entered-in-error"), 1U);
  EXPECT_EQ(house.count_of("Condition", "confirmed"), 1U);
  // And comes again with the list that names it again.
  const auto again =
      problem_list("20240417101500", std::string(hypertension) + std::string(diabetes));
  ASSERT_EQ(receive_list(house, again).state, Converted::State::done);
  EXPECT_EQ(house.count_of("Condition", "confirmed"), 2U);
}

TEST(Receive, a_list_that_comes_late_takes_nothing_back) {
  House house;
  const auto both =
      problem_list("20240415101500", std::string(hypertension) + std::string(diabetes));
  ASSERT_EQ(receive_list(house, both).state, Converted::State::done);
  ASSERT_EQ(receive_list(house, problem_list("20240410101500", diabetes)).state,
            Converted::State::done);
  EXPECT_EQ(house.count_of("Condition", "confirmed"), 2U);
}

}  // namespace
}  // namespace tasuki::intake
