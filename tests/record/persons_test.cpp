// One person, many records: the named classes of trouble in Japan, and what undoes a link.
#include <gmock/gmock.h>

#include "record/house.h"
#include "record/identity/group.h"
#include "record/identity/persons.h"
#include "record/identity/score.h"
#include "record/inside.h"

namespace tasuki::record {
namespace {

struct Sheet {  // what a reception desk types
  std::string kanji, kana, born = "1952-04-01", gender = "female", phone = "03-1234-5678",
                           address = "東京都みなと区芝1-2-3", insured = {};
};

std::string patient_text(std::string_view id, const Sheet& sheet) {
  const auto name = [](std::string_view code, std::string_view text) {
    return R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":")" +
           std::string(code) + R"("}],"text":")" + std::string(text) + "\"}";
  };
  std::string text =
      R"({"resourceType":"Patient","id":")" + std::string(id) +
      R"(","identifier":[{"system":"urn:oid:1.2.392.100495.20.3.51.11310000001","value":"00)" +
      std::string(id) + "\"}";
  if (!sheet.insured.empty()) {
    text += R"(,{"system":"http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID","value":")" +
            sheet.insured + "\"}";
  }
  text += R"(],"name":[)" + name("IDE", sheet.kanji);
  if (!sheet.kana.empty()) text += "," + name("SYL", sheet.kana);
  text += R"(],"gender":")" + sheet.gender + "\"";
  if (!sheet.born.empty()) text += R"(,"birthDate":")" + sheet.born + "\"";
  if (!sheet.phone.empty())
    text += R"(,"telecom":[{"system":"phone","value":")" + sheet.phone + "\"}]";
  if (!sheet.address.empty()) text += R"(,"address":[{"text":")" + sheet.address + "\"}]";
  return text + "}";
}

Traits traits(const Sheet& sheet) {
  const auto document = json::parse(patient_text("x", sheet));
  CHECK(document.has_value());
  return traits_of(document->root);
}

const Sheet hanako{"山田 花子", "ヤマダ ハナコ"};

struct Pair {
  const char* name;
  Sheet other;
  Band band;
};
void PrintTo(const Pair& each, std::ostream* out) {
  *out << each.name;
}
Sheet with(void (*change)(Sheet&)) {
  Sheet sheet = hanako;
  change(sheet);
  return sheet;
}
const Pair pairs[] = {
    // clang-format off
    {"the_same", hanako, Band::link},
    {"no_space_in_the_name", with([](Sheet& s) { s.kanji = "山田花子"; s.kana = "ヤマダハナコ"; }), Band::link},
    {"half_width_kana_with_marks_apart", with([](Sheet& s) { s.kana = "ﾔﾏﾀﾞ ﾊﾅｺ"; }), Band::link},
    {"hiragana", with([](Sheet& s) { s.kana = "やまだ　はなこ"; }), Band::link},
    {"phone_without_dashes_address_by_chome", with([](Sheet& s) { s.phone = "０３１２３４５６７８"; s.address = "東京都みなと区芝一丁目2番3号 コーポ山"; }), Band::link},
    {"married_with_the_same_phone", with([](Sheet& s) { s.kanji = "鈴木 花子"; s.kana = "スズキ ハナコ"; }), Band::link},
    {"near_namesake_of_the_same_day", with([](Sheet& s) { s.kanji = "山田 華子"; s.phone = "03-9999-0000"; s.address = "東京都みなと区海岸9-9"; }), Band::apart},
    {"near_namesake_at_the_same_address", with([](Sheet& s) { s.kanji = "山田 華子"; }), Band::apart},
    {"twin_sister", with([](Sheet& s) { s.kanji = "山田 月子"; s.kana = "ヤマダ ツキコ"; }), Band::apart},
    {"brother", with([](Sheet& s) { s.kanji = "山田 太郎"; s.kana = "ヤマダ タロウ"; s.gender = "male"; }), Band::apart},
    {"birth_date_with_one_digit_wrong", with([](Sheet& s) { s.born = "1952-04-07"; }), Band::ask},
    {"another_birth_date", with([](Sheet& s) { s.born = "1980-12-24"; }), Band::ask},
    {"a_stranger", with([](Sheet& s) { s.kanji = "佐藤 一"; s.kana = "サトウ ハジメ"; s.gender = "male"; s.born = "1990-01-01"; s.phone = ""; s.address = ""; }), Band::apart},
    {"namesake_of_whom_all_else_differs", with([](Sheet& s) { s.phone = "03-9999-0000"; s.address = "北海道札幌市9-9"; s.insured = "06139999:9:9:01"; }), Band::link},
    {"an_unknown_patient_in_emergency", with([](Sheet& s) { s.kanji = "氏名 不明"; s.kana = ""; s.born = ""; }), Band::apart},
    {"kanji_that_did_not_get_through", with([](Sheet& s) { s.kanji = "山田 〓子"; }), Band::link},
    // clang-format on
};
class Records : public ::testing::TestWithParam<Pair> {};
TEST_P(Records, are_held_together_or_apart) {
  const auto verdict = compare(traits(hanako), traits(GetParam().other));
  EXPECT_EQ(verdict.band, GetParam().band) << verdict.score << ": " << verdict.evidence;
  EXPECT_EQ(compare(traits(GetParam().other), traits(hanako)).band, verdict.band);
}
INSTANTIATE_TEST_SUITE_P(Persons, Records, ::testing::ValuesIn(pairs),
                         [](const auto& info) { return info.param.name; });

TEST(Persons, an_insured_number_holds_through_padding_width_and_symbols) {
  Sheet left = hanako, right = hanako;
  left.insured = "00123456:１２:０３４５:01";
  right.insured = "123456:12:345:1";
  right.kanji = "鈴木 花子";
  right.kana = "スズキ ハナコ";
  right.phone = right.address = "";
  EXPECT_EQ(compare(traits(left), traits(right)).band, Band::link);
  right.insured = "123456:12:345:2";  // another member of the family
  EXPECT_NE(compare(traits(left), traits(right)).band, Band::link);
}

TEST(Persons, names_and_places_have_one_normal_form) {
  EXPECT_EQ(normal_kana("ｼﾖｳｺ"), normal_kana("しょうこ"));
  EXPECT_EQ(normal_kana("ユーコ"), normal_kana("ユウコ"));
  EXPECT_NE(normal_kana("オノ"), normal_kana("オオノ"));
  EXPECT_EQ(normal_address("芝１丁目２番３号"), normal_address("芝1-2-3"));
  EXPECT_EQ(normal_address("芝一丁目2-3 ハイツ201"), normal_address("芝１－２－３"));
  EXPECT_EQ(normal_date("昭和27年4月1日"), "1952-04-01");
  EXPECT_EQ(normal_date("S27.4.1"), "1952-04-01");
  EXPECT_EQ(normal_date("平成元年1月8日"), "1989-01-08");
  EXPECT_EQ(normal_date("19520401"), "1952-04-01");
  EXPECT_EQ(normal_date("1952-02-30"), "");
}

TEST(Persons, links_hold_in_any_order_and_never_bridge_what_is_held_apart) {
  const auto link = [](const char* a, const char* b, Band band, double score) {
    return Link{a, b, band, score, {}, {}, {}};
  };
  std::vector<GroupRecord> records = {{"a", 1}, {"b", 2}, {"c", 3}};
  std::vector<Link> links = {link("a", "b", Band::link, 30), link("b", "c", Band::link, 25),
                             link("a", "c", Band::apart, 28)};
  const std::vector<std::vector<std::string>> expected = {{"a", "b"}, {"c"}};
  EXPECT_EQ(groups_of(records, links), expected);
  std::ranges::reverse(records);
  std::ranges::reverse(links);
  EXPECT_EQ(groups_of(records, links), expected);
}

Session staff(House& house) {
  return house.as(system_of(hospital));
}
void add(House& house, const char* organisation, std::string_view id, const Sheet& sheet) {
  house.put(doctor(organisation), patient_text(id, sheet));
}

TEST(Persons, are_found_in_any_way_of_writing) {
  House house;
  add(house, hospital, "h1", hanako);
  add(house, hospital, "h2", with([](Sheet& s) {
        s.kanji = "髙橋 一";
        s.kana = "タカハシ ハジメ";
        s.born = "1989-01-08";
        s.gender = "male";
        s.phone = s.address = "";
      }));
  const auto ids = [&](std::string_view text) {
    Ids all;
    const auto people = staff(house).people(text).value();
    for (const auto& person : people)
      all.push_back(person.records.front().patient);
    return all;
  };
  for (const auto* text :
       {"山田", "山田花子", "山田 花子", "山田　花子", "やまだ", "ﾔﾏﾀﾞ", "ハナコ", "はな", "花子",
        "00h1", "1952-04-01", "S27.4.1", "昭和27年4月1日", "山田 S27.4.1"}) {
    EXPECT_EQ(ids(text), Ids{"h1"}) << text;
  }
  EXPECT_EQ(ids("高橋"), Ids{"h2"});
  EXPECT_THAT(ids("山田 1989-01-08"), ::testing::IsEmpty());
  EXPECT_EQ(ids(""), (Ids{"h2", "h1"}));  // nobody in particular: who was written about last
}

TEST(Persons, span_facilities_and_their_ids_last) {
  House house;
  add(house, clinic, "c1", with([](Sheet& s) {
        s.kanji = "鈴木 花子";
        s.kana = "スズキ ハナコ";
        s.phone = "090-0000-0000";
        s.address = "";
      }));
  const auto alone = staff(house).person_of("c1");
  add(house, hospital, "h1", hanako);
  EXPECT_NE(staff(house).person_of("h1")->id, alone->id);
  // The clinic's record now has what they share: one person, named after the oldest record.
  add(house, clinic, "c1", hanako);
  EXPECT_EQ(staff(house).person_of("h1")->id, alone->id);
  EXPECT_EQ(staff(house).person(alone->id)->records.size(), 2U);
  // And apart again when it was the wrong one after all.
  add(house, clinic, "c1", with([](Sheet& s) { s.kanji = "山田 華子"; }));
  EXPECT_NE(staff(house).person_of("h1")->id, staff(house).person_of("c1")->id);
  EXPECT_EQ(staff(house).person(alone->id)->records.size(), 1U);
}

TEST(Persons, a_decision_of_staff_stands_until_it_is_taken_back) {
  House house;
  add(house, hospital, "h1", hanako);
  add(house, clinic, "c1", with([](Sheet& s) { s.born = "1952-04-07"; }));
  auto session = staff(house);
  ASSERT_EQ(session.link_questions()->size(), 1U);
  EXPECT_NE(session.person_of("h1")->id, session.person_of("c1")->id);
  ASSERT_TRUE(session.decide_link("h1", "c1", Band::link));
  EXPECT_EQ(session.person_of("h1")->id, session.person_of("c1")->id);
  EXPECT_THAT(*session.link_questions(), ::testing::IsEmpty());
  add(house, clinic, "c1", with([](Sheet& s) {
        s.born = "1952-04-07";
        s.phone = "";
      }));  // a new version changes no decision
  EXPECT_EQ(session.person_of("h1")->id, session.person_of("c1")->id);
  ASSERT_TRUE(session.decide_link("c1", "h1", Band::ask));
  EXPECT_NE(session.person_of("h1")->id, session.person_of("c1")->id);
}

// テスト 太郎 by the hundred: what so many share tells nothing, and each must not be compared with
// all.
TEST(Persons, are_not_looked_for_among_more_than_can_tell_anything) {
  House house;
  std::vector<Change> changes;
  for (size_t i = 0; i < candidates_max + 1; ++i)
    changes.push_back(house.update(patient_text("p" + std::to_string(i), hanako)));
  ASSERT_TRUE(house.as(doctor(hospital)).write_all(changes));
  add(house, hospital, "one-more", hanako);
  const auto reader = inside(house.door()).store().read();
  EXPECT_THAT(*reader->items(table::links, "one-more|", "", 10), ::testing::IsEmpty());
  EXPECT_EQ(staff(house).person(staff(house).person_of("one-more")->id)->records.size(), 1U);
}

TEST(Persons, are_the_same_after_a_rebuild) {
  House house;
  add(house, hospital, "h1", hanako);
  add(house, clinic, "c1", hanako);
  add(house, clinic, "c2", with([](Sheet& s) { s.kanji = "山田 華子"; }));
  add(house, clinic, "c3", with([](Sheet& s) {
        s.kanji = "佐藤 一";
        s.kana = "サトウ ハジメ";
        s.born = "1990-01-01";
      }));
  ASSERT_TRUE(house.as(doctor(clinic)).write(House::remove("Patient", "c3")));
  const auto persons = [&] {
    Ids all;
    for (const auto* id : {"h1", "c1", "c2"})
      all.push_back(staff(house).person_of(id)->id);
    return all;
  };
  const auto before = persons();
  EXPECT_EQ(before[0], before[1]);
  EXPECT_NE(before[0], before[2]);
  ASSERT_TRUE(house.door().rebuild());
  EXPECT_EQ(persons(), before);
  EXPECT_FALSE(staff(house).person_of("c3"));
}

}  // namespace
}  // namespace tasuki::record
