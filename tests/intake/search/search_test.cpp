// Stored messages found by what they speak of.
#include "intake/search/search.h"

#include <fmt/core.h>

#include "intake/receive_house.h"
#include "intake/search/terms.h"

namespace tasuki::intake {
namespace {

using test::House;

const std::string order =
    "MSH|^~\\&|LIS|1319999999|R|R|20260501103000||OML^O33|{}|P|2.5\r"
    "PID|||{}^^^^PI||試験^花子^^^^^L^I||19800203|F\r"
    "ORC|NW|{}|F-9\rOBR|1|{}|F-9|3D010^グルコース^JLAC10\r";

std::string message_of(std::string_view control, std::string_view person, std::string_view slip) {
  return fmt::format(fmt::runtime(order), control, person, slip, slip);
}

class Archive {
 public:
  Archive() : searcher_(house_.door(), {house_.settings()}) {
    for (const auto& [control, person, slip] :
         {std::array{"1", "P1", "S-1"}, std::array{"2", "P2", "S-2"}, std::array{"3", "P1", "S-3"}})
      EXPECT_TRUE(house_.receive(message_of(control, person, slip)).stored);
    EXPECT_TRUE(searcher_.catch_up());
  }
  // Control ids, in the order they are shown.
  std::string find(const MessageQuestion& question) {
    const auto text = searcher_.find(question, house_.clerk());
    if (!text) return text.error().message;
    std::string ids;
    constexpr std::string_view name = R"("controlId":")";
    for (size_t at = text->find(name); at != std::string::npos; at = text->find(name, at + 1))
      ids += text->substr(at + name.size(), text->find('"', at + name.size()) - at - name.size()) +
             " ";
    return ids;
  }
  House& house() { return house_; }
  MessageSearcher& searcher() { return searcher_; }

 private:
  House house_;
  MessageSearcher searcher_;
};

struct SearchRow {
  const char* name;
  MessageQuestion question;
  const char* found;
};
class MessageSearch : public testing::TestWithParam<SearchRow> {};
TEST_P(MessageSearch, finds) {
  static Archive archive;
  EXPECT_EQ(archive.find(GetParam().question), GetParam().found);
}
const SearchRow search_rows[] = {
    {"by_person_newest_first", {.person = "P1"}, "3 1 "},
    {"by_order", {.order = "S-2"}, "2 "},
    {"by_filler_number", {.order = "F-9"}, "3 2 1 "},
    {"by_code", {.code = "3D010"}, "3 2 1 "},
    {"by_control_id", {.control = "2"}, "2 "},
    {"by_two_of_them", {.person = "P1", .order = "S-3"}, "3 "},
    {"nothing_of_a_person_unknown", {.person = "P"}, ""},
    {"a_page_at_a_time", {.code = "3D010", .count_max = 2}, "3 2 "},
    {"the_next_page", {.code = "3D010", .before = 2, .count_max = 2}, "1 "},
    {"by_feed", {.code = "3D010", .feed = "another"}, ""},
    {"since_a_time_to_come", {.code = "3D010", .since = now() + std::chrono::hours(1)}, ""},
    {"since_a_time_past", {.code = "3D010", .since = now() - std::chrono::hours(1)}, "3 2 1 "},
    {"until_a_time_past", {.code = "3D010", .until = now() - std::chrono::hours(1)}, ""},
    {"everything_is_not_asked",
     {},
     "person order code cause control のどれかが要ります。/ One of person, order, code, cause, "
     "control is needed."},
};
INSTANTIATE_TEST_SUITE_P(Table, MessageSearch, testing::ValuesIn(search_rows),
                         [](const auto& row) { return row.param.name; });

TEST(MessageSearcher, finds_what_waits_by_its_cause_and_no_more_once_it_does_not) {
  Archive archive;
  const std::string strange = test::changed(test::admission, "ADT^A01^ADT_A01", "ADT^Z99^ADT_Z99");
  ASSERT_TRUE(archive.house().receive(strange).stored);
  ASSERT_TRUE(archive.searcher().catch_up());
  EXPECT_EQ(archive.find({.cause = "mapping.none"}), "77 ");
}

TEST(MessageSearcher, finds_the_same_after_its_index_was_made_anew) {
  Archive archive;
  archive.searcher().rebuild();
  ASSERT_TRUE(archive.searcher().catch_up());
  EXPECT_EQ(archive.find({.person = "P1"}), "3 1 ");
}

TEST(MessageSearcher, shows_nothing_to_another_facility) {
  Archive archive;
  auto other = archive.house().clerk();
  other.organisation = "1310000002";
  const auto text = archive.searcher().find({.person = "P1"}, other);
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->starts_with(R"({"messages":[])")) << *text;
  EXPECT_FALSE(archive.searcher().show(1, other));
  const auto own = archive.searcher().show(1, archive.house().clerk());
  ASSERT_TRUE(own);
  EXPECT_TRUE(own->contains("グルコース")) << *own;
}

}  // namespace
}  // namespace tasuki::intake
