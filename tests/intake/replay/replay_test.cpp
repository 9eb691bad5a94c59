// A mended mapping over stored messages: what it would do, published as shown, taken back.
#include <fstream>

#include "intake/receive_house.h"
#include "intake/replay/difference.h"
#include "intake/replay/replays.h"
#include "json/parse.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using test::House;

// A copy of the shipped mappings in which one file was changed.
class Candidate {
 public:
  Candidate(std::string_view file, std::string_view from, std::string_view to)
      : folder_(fs::temp_directory_path() / ("tasuki-candidates-" + random_uuid())) {
    fs::create_directories(folder_);
    fs::copy(test::mappings_folder(), folder_ / "next", fs::copy_options::recursive);
    const fs::path path = folder_ / "next" / file;
    std::string text = test::bytes_of(path);
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    std::ofstream(path, std::ios::binary) << text;
  }
  ~Candidate() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

class Desk {
 public:
  Desk(House& house, const fs::path& candidates)
      : house_(house),
        replays_(house.door(), test::mappings(), {house.settings()},
                 {.threads = 2, .candidates = candidates}) {}

  std::string compare(std::string mappings) {
    ReplayChoice choice;
    choice.feed = house_.settings().id;
    choice.mappings = std::move(mappings);
    const auto id = replays_.start(choice, house_.clerk());
    EXPECT_TRUE(id) << id.error().message;
    replays_.wait();
    return id.value_or("");
  }
  std::string show(const std::string& id) { return replays_.show(id, house_.clerk()).value_or(""); }
  std::string changes(const std::string& id) {
    const auto text = replays_.changes(id, {}, house_.clerk());
    return text ? *text : text.error().message;
  }
  void publish(const std::string& id) {
    const auto asked = replays_.publish(id, house_.clerk());
    EXPECT_TRUE(asked) << asked.error().message;
    replays_.wait();
  }
  void undo(const std::string& id) {
    const auto asked = replays_.undo(id, house_.clerk());
    EXPECT_TRUE(asked) << asked.error().message;
    replays_.wait();
  }
  Replays& replays() { return replays_; }

 private:
  House& house_;
  Replays replays_;
};

bool has(const std::string& text, std::string_view part) {
  return text.contains(part);
}

constexpr std::string_view gender_line = "gender <- PID-8 | table gender else \"unknown\"";

TEST(Replay, with_todays_mapping_changes_nothing) {
  House house;
  ASSERT_EQ(house.receive(test::admission).state, Converted::State::done);
  Desk desk(house, {});
  const std::string shown = desk.show(desk.compare({}));
  EXPECT_TRUE(has(shown, R"("state":"ready")")) << shown;
  EXPECT_TRUE(has(shown, R"("read":1)") && has(shown, R"("create":0,"change":0,"withdraw":0)"))
      << shown;
}

TEST(Replay, shows_the_elements_that_differ_and_publishes_and_undoes_them) {
  House house;
  ASSERT_EQ(house.receive(test::update).state, Converted::State::done);
  const std::string before = house.text_of("Patient");
  const Candidate candidate("patients.map", gender_line, "gender <- \"other\"");
  Desk desk(house, candidate.folder());
  const std::string id = desk.compare("next");
  const std::string shown = desk.show(id);
  EXPECT_TRUE(has(shown, R"("create":0,"change":1,"withdraw":0)")) << shown;
  EXPECT_TRUE(has(shown, R"("Patient.gender":1)")) << shown;
  EXPECT_TRUE(has(desk.changes(id), R"({"path":"gender","before":"female","after":"other"})"))
      << desk.changes(id);
  EXPECT_EQ(house.text_of("Patient"), before) << "nothing is published by looking";

  desk.publish(id);
  EXPECT_TRUE(has(desk.show(id), R"("state":"published")")) << desk.show(id);
  EXPECT_TRUE(has(house.text_of("Patient"), R"("gender":"other")"));
  EXPECT_TRUE(has(house.text_of("Provenance"), "minato/jimu"));

  desk.undo(id);
  EXPECT_TRUE(has(desk.show(id), R"("state":"undone")")) << desk.show(id);
  EXPECT_TRUE(has(house.text_of("Patient"), R"("gender":"female")"));
  EXPECT_TRUE(has(house.text_of("Patient"), R"("versionId":"3")")) << "undo is a new version";
}

TEST(Replay, what_the_new_mapping_makes_no_more_is_withdrawn) {
  House house;
  ASSERT_EQ(house.receive(test::admission).state, Converted::State::done);
  const Candidate candidate("stays.map", R"("I", PV1-44)", R"("I", "moved", PV1-44)");
  Desk desk(house, candidate.folder());
  const std::string id = desk.compare("next");
  EXPECT_TRUE(has(desk.show(id), R"("Encounter create":1)")) << desk.show(id);
  EXPECT_TRUE(has(desk.show(id), R"("Encounter withdraw":1)")) << desk.show(id);
  desk.publish(id);
  EXPECT_EQ(house.count_of("Encounter", "entered-in-error"), 1U);
  EXPECT_EQ(house.count_of("Encounter", ""), 2U);
  desk.undo(id);
  EXPECT_EQ(house.count_of("Encounter", "entered-in-error"), 0U);
  EXPECT_EQ(house.count_of("Encounter", ""), 1U);
}

TEST(Replay, a_held_message_is_published_and_held_again_by_undo) {
  House house;
  std::string strange = test::changed(test::admission, "ADT^A01^ADT_A01", "ADT^A02^ADT_A02");
  const Candidate without("visits.map", "ADT^A02", "ADT^Z02");
  auto old = Mappings::load(without.folder() / "next", test::definitions());
  ASSERT_TRUE(old) << old.error().message;
  house.use(*old);
  ASSERT_EQ(house.receive(strange).state, Converted::State::held);
  Desk desk(house, {});
  const std::string id = desk.compare({});
  EXPECT_TRUE(has(desk.show(id), R"("nowDone":1)")) << desk.show(id);
  desk.publish(id);
  EXPECT_EQ(house.message(1).state, record::MessageState::done);
  desk.undo(id);
  EXPECT_EQ(house.message(1).state, record::MessageState::held);
  EXPECT_EQ(house.count_of("Encounter", ""), 0U);
}

TEST(Replay, what_somebody_else_changed_since_is_left_alone_and_named) {
  House house;
  ASSERT_EQ(house.receive(test::update).state, Converted::State::done);
  const Candidate candidate("patients.map", gender_line, "gender <- \"other\"");
  Desk desk(house, candidate.folder());
  const std::string id = desk.compare("next");
  const std::string later = test::changed(
      test::changed(test::changed(test::update, "|77|", "|78|"), "202404151015", "202404161015"),
      "試験^花子", "川口^花子");
  ASSERT_EQ(house.receive(later).state, Converted::State::done);
  desk.publish(id);
  EXPECT_TRUE(has(desk.show(id), R"("published":0,"refused":1)")) << desk.show(id);
  EXPECT_TRUE(has(desk.changes(id), "feed:test.feed")) << desk.changes(id);
  EXPECT_TRUE(has(house.text_of("Patient"), "川口"));
}

TEST(Replay, undo_leaves_what_was_changed_after_it_was_published) {
  House house;
  ASSERT_EQ(house.receive(test::update).state, Converted::State::done);
  const Candidate candidate("patients.map", gender_line, "gender <- \"other\"");
  Desk desk(house, candidate.folder());
  const std::string id = desk.compare("next");
  desk.publish(id);
  const std::string later = test::changed(
      test::changed(test::changed(test::update, "|77|", "|78|"), "202404151015", "202404161015"),
      "試験^花子", "川口^花子");
  ASSERT_EQ(house.receive(later).state, Converted::State::done);
  desk.undo(id);
  EXPECT_TRUE(has(desk.show(id), R"("undone":0,"kept":1)")) << desk.show(id);
  EXPECT_TRUE(has(house.text_of("Patient"), "川口"));
}

TEST(Replay, is_for_the_clerks_of_the_feeds_own_facility) {
  House house;
  Desk desk(house, {});
  auto other = house.clerk();
  other.organisation = "1310000002";
  ReplayChoice choice;
  choice.feed = house.settings().id;
  EXPECT_FALSE(desk.replays().start(choice, other));
}

struct DifferenceRow {
  const char *name, *before, *after, *expected;
};
class Difference : public testing::TestWithParam<DifferenceRow> {};
TEST_P(Difference, names_the_elements) {
  const auto left = json::parse(GetParam().before), right = json::parse(GetParam().after);
  std::string said;
  for (const auto& one : differences(left->root, right->root, 10))
    said += one.path + " " + one.before + ">" + one.after + ";";
  EXPECT_EQ(said, GetParam().expected);
}
const DifferenceRow difference_rows[] = {
    {"the_same", R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":2}]})", ""},
    {"order_of_members_does_not_count", R"({"a":1,"b":2})", R"({"b":2,"a":1})", ""},
    {"digits_count", R"({"a":8.5})", R"({"a":8.50})", "a 8.5>8.50;"},
    {"gone_and_come", R"({"a":1})", R"({"b":"x"})", "a 1>;b >\"x\";"},
    {"in_a_list", R"({"a":[{"b":1}]})", R"({"a":[{"b":1},{"b":2}]})", "a[1] >{\"b\":2};"},
};
INSTANTIATE_TEST_SUITE_P(Table, Difference, testing::ValuesIn(difference_rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tasuki::intake
