// Codes that no table knows: gathered from a real record, with suggestions that say why; a person's
// approval in force at once, and refused where it must be.
#include "intake/workbench/codes.h"

#include <algorithm>

#include "../trial/folder.h"
#include "base/uuid.h"
#include "intake/inbox/inbox.h"
#include "intake/replay/replays.h"
#include "intake/workbench/approve.h"

namespace tasuki::intake::workbench {
namespace {

namespace fs = std::filesystem;

TEST(Likeness, does_not_mind_width_or_blanks) {
  EXPECT_DOUBLE_EQ(likeness("ＡＳＴ（ＧＯＴ）", "AST (GOT)"), 1);
  EXPECT_GT(likeness("血清総蛋白", "総蛋白"), 0.5);
  EXPECT_EQ(likeness("AST", "尿酸"), 0);
}

std::string result(const std::string& number, const std::string& code, const std::string& value,
                   const std::string& unit) {
  return "MSH|^~\\&|LIS|H|R|R|20240415101500||ORU^R01^ORU_R01|" + number +
         "|P|2.5||||||UNICODE "
         "UTF-8\rPID|||0123456789^^^^PI||試験^花子^^^^^L^I||19800203|F\rORC|RE|A" +
         number + "\rOBR|1|A" + number + "||E01^生化学^99RNK|||202404010900\rOBX|1|NM|" + code +
         "||" + value + "|" + unit + "|||||F\r";
}

class Workbench : public testing::Test {
 protected:
  Workbench()
      : mapping_folder_("codes"),
        data_(fs::temp_directory_path() / ("tasuki-codes-" + random_uuid())) {
    for (const auto& entry : fs::directory_iterator(test::mappings_folder()))
      if (entry.path().extension() == ".map")
        fs::copy_file(entry.path(), mapping_folder_.path() / entry.path().filename());
    current_.emplace(*Mappings::load(mapping_folder_.path(), test::definitions()));
    reloader_.emplace(*current_);
    auto door =
        record::Door::open({.folder = data_, .key_from_environment = {}, .credentials_folder = {}},
                           test::definitions());
    if (!door) throw std::runtime_error(door.error().message);
    door_ = *std::move(door);
    for (const char* const id : {"here", "there"}) {
      FeedSettings settings;
      settings.id = id;
      settings.organisation = settings.id == "here" ? "1319999999" : "1310000001";
      settings.name = "病院";
      receivers_.push_back(std::make_unique<Receiver>(settings, *door_, *current_));
    }
  }
  ~Workbench() override {
    receivers_.clear();
    door_.reset();
    std::error_code ignored;
    fs::remove_all(data_, ignored);
  }

  void send() {
    for (int i = 0; i < 4; ++i) {
      const std::string number = std::to_string(i), value = std::to_string(20 + i);
      ASSERT_EQ(receivers_[0]
                    ->receive({.bytes = result("h" + number, "17^AST(GOT)^99LAB", value, "U/L")})
                    .state,
                Converted::State::done);
      ASSERT_EQ(
          receivers_[1]
              ->receive({.bytes = result("t" + number, "3B035000002327201^ＡＳＴ（ＧＯＴ）^JC10",
                                         value, "U/L")})
              .state,
          Converted::State::done);
      receivers_[1]->receive(
          {.bytes = result("u" + number, "3C020000002327101^尿酸^JC10", "5." + number, "mg/dL")});
    }
  }

  test::Folder mapping_folder_;
  fs::path data_;
  std::optional<CurrentMappings> current_;
  std::optional<trial::Reloader> reloader_;
  std::unique_ptr<record::Door> door_;
  std::vector<std::unique_ptr<Receiver>> receivers_;
};

TEST_F(Workbench, suggests_what_another_facility_sends_under_the_name) {
  send();
  const auto codes = codes_of(*door_, {"here", "there"});
  ASSERT_TRUE(codes) << codes.error().message;
  EXPECT_EQ(codes->messages, 12u);
  const auto found = std::ranges::find(codes->unmapped, "17", &Unmapped::code);
  ASSERT_NE(found, codes->unmapped.end());
  EXPECT_EQ(found->table, "lab-items");
  EXPECT_EQ(found->usage.count, 4u);
  EXPECT_EQ(found->usage.unit(), "U/L");
  ASSERT_FALSE(found->suggestions.empty());
  EXPECT_EQ(found->suggestions.front().code, "3B035000002327201");
  EXPECT_EQ(found->suggestions.front().reasons.size(), 4u);
  EXPECT_GT(found->suggestions.front().score, 0.9);
}

TEST_F(Workbench, an_approval_is_in_force_at_once_and_remembered) {
  const Approval approval{
      "lab-items",         "17",
      "3B035000002327201", "http://medis.or.jp/CodeSystem/master-JLAC10-17digits",
      "AST, \"GOT\"",      "事務 一子",
      "検査部に確認"};
  const auto done = approve(*reloader_, approval, now());
  ASSERT_TRUE(done) << done.error().message;
  const Row* const row = current_->get()->table("lab-items")->find("17");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, "3B035000002327201");
  EXPECT_EQ(row->display, "AST, \"GOT\"");
  const auto history = history_of(*reloader_, "lab-items");
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 1u);
  EXPECT_EQ(history->front().approval.who, "事務 一子");
  EXPECT_EQ(history->front().approval.reason, "検査部に確認");
  send();
  const auto codes = codes_of(*door_, {"here", "there"});
  ASSERT_TRUE(codes);
  EXPECT_EQ(std::ranges::find(codes->unmapped, "17", &Unmapped::code), codes->unmapped.end());
}

const Approval word_for_17{"lab-items",
                           "17",
                           "3B035000002327201",
                           "http://medis.or.jp/CodeSystem/master-JLAC10-17digits",
                           "AST",
                           "me",
                           {}};

// Where a code of "here" is approved, what has been published without it, and what waits in a
// shadow.
TEST_F(Workbench, what_was_published_without_the_code_is_found_and_mended) {
  send();
  const UnknownCode code{"lab-items", "17"};
  FeedSettings here = receivers_[0]->settings(), there = receivers_[1]->settings();
  const Inbox inbox(*door_, *current_, {here, there});
  EXPECT_EQ(inbox.feeds_that_published(code).value_or(std::vector<std::string>()),
            std::vector<std::string>{"here"});
  ASSERT_TRUE(approve(*reloader_, word_for_17, now()));
  Replays replays(*door_, *current_, {here, there}, {});
  ReplayChoice choice;
  choice.feed = "here";
  choice.unknown = code;
  const record::Principal by{.id = "me",
                             .name = "事務 一子",
                             .role = record::Role::system,
                             .organisation = {},
                             .person = {}};
  const auto id = replays.start(choice, by, Replays::Then::publish);
  ASSERT_TRUE(id) << id.error().message;
  replays.wait();
  const std::string shown = replays.show(*id, by).value_or("");
  EXPECT_TRUE(shown.contains(R"("state":"published")")) << shown;
  EXPECT_TRUE(shown.contains(R"("Observation change":4)")) << shown;
  EXPECT_TRUE(inbox.feeds_that_published(code).value_or(std::vector<std::string>{"?"}).empty());
}

TEST_F(Workbench, what_waits_in_a_shadow_is_judged_again_and_not_published) {
  FeedSettings shadow = receivers_[0]->settings();
  shadow.mode = std::make_shared<const std::atomic<FeedMode>>(FeedMode::shadow);
  receivers_[0] = std::make_unique<Receiver>(shadow, *door_, *current_);
  send();
  ASSERT_TRUE(approve(*reloader_, word_for_17, now()));
  Inbox inbox(*door_, *current_, {shadow, receivers_[1]->settings()});
  const UnknownCode code{"lab-items", "17"};
  const auto first = inbox.judge({}, code);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->tried, 4u);
  EXPECT_EQ(first->done, 4u);
  EXPECT_EQ(inbox.judge({}, code).value_or(ReplayOutcome{.tried = 9}).tried, 0u) << "named no more";
  EXPECT_EQ(inbox.judge("here").value_or(ReplayOutcome()).tried, 4u) << "they still wait";
}

struct Refused {
  std::string name;
  Approval approval;
  std::string location;
};
class Approvals : public Workbench, public testing::WithParamInterface<Refused> {};
TEST_P(Approvals, are_refused_and_leave_the_table_as_it_was) {
  const fs::path file = mapping_folder_.path() / "tables" / "gender.csv";
  const std::string before = test::bytes_of(file);
  const auto done = approve(*reloader_, GetParam().approval, now());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().location, GetParam().location) << done.error().message;
  EXPECT_EQ(test::bytes_of(file), before);
}
const Refused refused[] = {
    {"an_unknown_table", {"genders", "X", "other", {}, {}, "me", {}}, "table"},
    {"a_code_that_stands_already", {"gender", "M", "male", {}, {}, "me", {}}, "from"},
    {"a_standard_code_of_no_system", {"lab-items", "17", "3B03", {}, "AST", "me", {}}, "system"},
    {"nothing_to_map_to", {"gender", "X", "", {}, {}, "me", {}}, "to"},
    {"a_line_break", {"gender", "X\nY", "other", {}, {}, "me", {}}, "from"},
    {"a_code_that_the_element_may_not_have",
     {"gender", "X", "martian", {}, {}, "me", {}},
     "gender"},
};
INSTANTIATE_TEST_SUITE_P(of_codes, Approvals, testing::ValuesIn(refused),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tasuki::intake::workbench
