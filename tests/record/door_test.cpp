// Create, read, update, delete, history, conditions: over the store, through the door.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "record/house.h"

namespace tasuki::record {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view hanako =
    R"({"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:x","value":"0012"}],"name":[{"family":"山田","given":["花子"]}],"gender":"female","birthDate":"1952-04-01"})";

std::string weight(std::string_view id, std::string_view value,
                   std::string_view date = "2026-05-01") {
  return std::string(R"({"resourceType":"Observation","id":")") + std::string(id) +
         R"(","meta":{"tag":[{"code":"t"}]},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":")" +
         std::string(date) + R"(","valueQuantity":{"value":)" + std::string(value) +
         R"(,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}})";
}

TEST(Door, reads_back_what_was_written_with_its_stamps_in_meta) {
  House house;
  const auto written = house.put(doctor(hospital), weight("w1", "8.50"));
  EXPECT_TRUE(written.created);
  const auto read = house.as(doctor(hospital)).read(type_of("Observation"), "w1");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->body, written.body);
  EXPECT_THAT(
      read->body,
      StartsWith(
          R"({"resourceType":"Observation","id":"w1","meta":{"versionId":"1","lastUpdated":")"));
  EXPECT_THAT(read->body, HasSubstr(R"(,"tag":[{"code":"t"}]},"status":"final")"));
  EXPECT_THAT(read->body, HasSubstr(R"("value":8.50,)"));
}

TEST(Door, gives_a_created_resource_an_id_of_its_own) {
  House house;
  auto session = house.as(doctor(hospital));
  const auto written = session.write(house.create(hanako));
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_NE(written->id, "p1");
  EXPECT_EQ(found(house.as(doctor(hospital)), "Patient", "_id=" + written->id), Ids{written->id});
}

TEST(Door, keeps_every_version) {
  House house;
  house.put(doctor(hospital), weight("w1", "50"));
  house.put(doctor(hospital), weight("w1", "51"));
  auto session = house.as(doctor(hospital));
  ASSERT_TRUE(session.write(House::remove("Observation", "w1")));
  EXPECT_EQ(session.read(type_of("Observation"), "w1").error().kind, Error::Kind::gone);
  EXPECT_THAT(session.read_version(type_of("Observation"), "w1", 1)->body,
              HasSubstr(R"("value":50,)"));
  EXPECT_THAT(session.read_version(type_of("Observation"), "w1", 2)->body,
              HasSubstr(R"("versionId":"2")"));
  EXPECT_EQ(session.read_version(type_of("Observation"), "w1", 3).error().kind, Error::Kind::gone);
  EXPECT_EQ(session.read_version(type_of("Observation"), "w1", 4).error().kind,
            Error::Kind::not_found);
  HistoryRequest request;
  request.type = type_of("Observation");
  request.id = "w1";
  const auto history = session.history(request);
  ASSERT_TRUE(history) << history.error().message;
  ASSERT_EQ(history->versions.size(), 3U);
  EXPECT_TRUE(history->versions.front().deleted);
  EXPECT_THAT(found(house.as(doctor(hospital)), "Observation", ""), IsEmpty());
}

TEST(Door, refuses_what_is_invalid_and_says_everything_that_is) {
  House house;
  auto session = house.as(doctor(hospital));
  const auto refused = session.write(
      house.create(R"({"resourceType":"Patient","gender":"unknwon","birthDate":"1952-13-01"})"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::invalid);
  EXPECT_GE(session.findings().size(), 2U);
}

TEST(Door, writes_only_over_the_version_that_was_meant) {
  House house;
  house.put(doctor(hospital), weight("w1", "50"));
  auto change = house.update(weight("w1", "51"));
  change.if_match = 7;
  const auto refused = house.as(doctor(hospital)).write(change);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::conflict);
  EXPECT_EQ(refused.error().location, "If-Match");
  change.if_match = 1;
  EXPECT_TRUE(house.as(doctor(hospital)).write(change));
}

TEST(Door, creates_once_where_nothing_matches_even_when_many_try) {
  House house;
  std::vector<Change> changes;
  for (int i = 0; i < 8; ++i) {
    changes.push_back(house.create(hanako));
    changes.back().if_none_exist = query("Patient", "identifier=urn:x%7C0012");
  }
  std::vector<std::thread> threads;
  for (auto& change : changes) {
    threads.emplace_back([&] { EXPECT_TRUE(house.as(doctor(hospital)).write(change)); });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(found(house.as(doctor(hospital)), "Patient", "").size(), 1U);
}

TEST(Door, writes_all_or_nothing) {
  House house;
  std::vector<Change> changes = {house.update(hanako), house.update(weight("w1", "50")),
                                 house.update(weight("w2", "51"))};
  changes.back().if_match = 3;
  EXPECT_FALSE(house.as(doctor(hospital)).write_all(changes));
  EXPECT_THAT(found(house.as(doctor(hospital)), "Patient", ""), IsEmpty());
  changes.back().if_match.reset();
  const auto written = house.as(doctor(hospital)).write_all(changes);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->size(), 3U);
  EXPECT_EQ(found(house.as(doctor(hospital)), "Observation", "subject=Patient/p1"),
            (Ids{"w1", "w2"}));
}

TEST(Door, builds_a_transaction_again_when_what_it_asked_for_changes) {
  House house;
  int builds = 0;
  const auto written =
      house.as(doctor(hospital)).transact([&](Resolver& resolver) -> Result<std::vector<Change>> {
        const auto ids = TRY(resolver.find(query("Patient", "identifier=urn:x%7C0012")));
        if (++builds == 1) house.put(doctor(hospital), hanako);  // another one is faster
        if (!ids.empty()) return std::vector<Change>{house.update(weight("w1", "50"))};
        return std::vector<Change>{house.create(hanako)};
      });
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(builds, 2);
  EXPECT_EQ(written->front().id, "w1");
}

TEST(Door, lets_only_the_responsible_organisation_write_the_next_version) {
  House house;
  house.put(doctor(hospital), hanako);
  const auto refused = house.as(doctor(clinic)).write(house.update(hanako));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::forbidden);
  // What cannot be seen is deleted without a word.
  const auto removed = house.as(doctor(clinic)).write(House::remove("Patient", "p1"));
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->unchanged);
  EXPECT_TRUE(house.as(doctor(hospital)).read(type_of("Patient"), "p1"));
}

TEST(Door, pages_without_shifting) {
  House house;
  for (int i = 0; i < 7; ++i)
    house.put(doctor(hospital),
              weight("w" + std::to_string(i), "50", "2026-05-0" + std::to_string(i + 1)));
  auto session = house.as(doctor(hospital));
  auto asked = query("Observation", "subject=Patient/p1&_sort=date&_count=3&_total=accurate");
  const auto first = session.search(asked);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->total, 7U);
  house.put(doctor(hospital), weight("w9", "50", "2026-04-01"));  // would come first
  asked.cursor = first->next;
  const auto second = session.search(asked);
  ASSERT_TRUE(second) << second.error().message;
  ASSERT_EQ(second->matches.size(), 3U);
  EXPECT_EQ(second->matches.front().id, "w3");
  asked.cursor[5] = asked.cursor[5] == 'A' ? 'B' : 'A';
  EXPECT_EQ(session.search(asked).error().kind, Error::Kind::invalid);
}

TEST(Door, brings_along_what_is_included) {
  House house;
  house.put(doctor(hospital), hanako);
  house.put(doctor(hospital), weight("w1", "50"));
  const auto forward =
      house.as(doctor(hospital)).search(query("Observation", "_include=Observation:subject"));
  ASSERT_TRUE(forward) << forward.error().message;
  ASSERT_EQ(forward->included.size(), 1U);
  EXPECT_EQ(forward->included.front().id, "p1");
  const auto back =
      house.as(doctor(hospital)).search(query("Patient", "_revinclude=Observation:subject"));
  ASSERT_EQ(back->included.size(), 1U);
  EXPECT_EQ(back->included.front().id, "w1");
}

struct Asked {
  const char* name;
  const char* type;
  const char* text;
  Ids ids;
};
void PrintTo(const Asked& each, std::ostream* out) {
  *out << each.text;
}
const Asked questions[] = {
    // clang-format off
    {"by_name_in_kanji", "Patient", "name=%E5%B1%B1%E7%94%B0", {"p1"}},
    {"by_the_whole_name", "Patient", "name=%E5%B1%B1%E7%94%B0%E8%8A%B1%E5%AD%90", {"p1"}},
    {"by_part_of_a_name_only_with_contains", "Patient", "name=%E7%94%B0", {}},
    {"by_part_of_a_name", "Patient", "name:contains=%E7%94%B0", {"p1"}},
    {"exactly", "Patient", "family:exact=%E5%B1%B1%E7%94%B0", {"p1"}},
    {"by_birth_year", "Patient", "birthdate=1952", {"p1"}},
    {"born_before", "Patient", "birthdate=lt1952-04-01", {}},
    {"without_a_phone", "Patient", "phone:missing=true", {"p1"}},
    {"not_male", "Patient", "gender:not=male", {"p1"}},
    {"chained", "Observation", "subject:Patient.birthdate=1952-04-01", {"w1", "w2"}},
    {"chained_to_nobody", "Observation", "patient.name=suzuki", {}},
    {"has", "Patient", "_has:Observation:patient:code=29463-7", {"p1"}},
    {"has_none", "Patient", "_has:Observation:patient:code=0", {}},
    {"by_quantity", "Observation", "value-quantity=gt50||kg", {"w2"}},
    {"by_quantity_in_another_unit", "Observation", "value-quantity=gt50||g", {}},
    {"by_code_and_quantity", "Observation", "code-value-quantity=29463-7$lt50.5", {"w1"}},
    {"by_either_code", "Observation", "combo-code=http://loinc.org%7C29463-7", {"w1", "w2"}},
    {"by_code_and_date", "Observation", "code=29463-7&date=ge2026-05-02", {"w2"}},
    {"by_patient_and_date", "Observation", "patient=p1&date=2026-05-01", {"w1"}},
    {"after_a_date", "Observation", "date=gt2026-05-01", {"w2"}},
    {"changed_since", "Observation", "_lastUpdated=gt2020-01-01", {"w1", "w2"}},
    {"changed_before", "Observation", "_lastUpdated=lt2020-01-01", {}},
    {"any_type_by_id", "", "_id=w1,p1", {"p1", "w1"}},
    {"any_type_by_tag", "", "_tag=t", {"w1", "w2"}},
    // clang-format on
};
class Question : public ::testing::TestWithParam<Asked> {};
TEST_P(Question, is_answered) {
  static House house;
  static const bool filled = [] {
    house.put(doctor(hospital), hanako);
    house.put(doctor(hospital), weight("w1", "50", "2026-05-01"));
    house.put(doctor(hospital), weight("w2", "51", "2026-05-02"));
    return true;
  }();
  ASSERT_TRUE(filled);
  EXPECT_EQ(found(house.as(doctor(hospital)), GetParam().type, GetParam().text), GetParam().ids);
}
INSTANTIATE_TEST_SUITE_P(Door, Question, ::testing::ValuesIn(questions),
                         [](const auto& info) { return info.param.name; });

TEST(Door, takes_a_message_its_resources_and_its_checkpoint_in_one_commit) {
  House house;
  Inbound inbound;
  inbound.feed = "hospital.adt";
  inbound.organisation = hospital;
  inbound.control_id = "M1";
  inbound.bytes = "MSH|...";
  inbound.answer = "MSA|AA|M1";
  inbound.changes = {house.update(hanako)};
  inbound.changes.front().unless_same = true;
  inbound.checkpoints = {{"hospital.adt", "17"}};
  auto session = house.as(feed(hospital));
  const auto number = session.receive(inbound);
  ASSERT_TRUE(number) << number.error().message;
  EXPECT_TRUE(session.received().front().created);
  EXPECT_EQ(session.find_message("hospital.adt", "M1").value()->answer, "MSA|AA|M1");
  EXPECT_EQ(session.find_same_message("hospital.adt", "MSH|...").value()->number, *number);
  EXPECT_FALSE(session.find_message("hospital.adt", "M2").value());
  EXPECT_EQ(session.checkpoint("hospital.adt").value(), "17");

  inbound.control_id = "M2";
  ASSERT_TRUE(session.receive(inbound));
  EXPECT_TRUE(session.received().front().unchanged);  // law 4: replaying changes nothing
  EXPECT_EQ(session.received().front().version, 1U);
}

Inbound hanako_says(House& house, std::string_view control_id, std::string_view body) {
  Inbound inbound;
  inbound.feed = "hospital.adt";
  inbound.organisation = hospital;
  inbound.control_id = control_id;
  inbound.bytes = "MSH|" + std::string(control_id);
  inbound.changes = {house.update(body)};
  inbound.changes.front().unless_same = true;
  return inbound;
}

// The fingerprint that the door remembers of the feed's last body (recent.h) is wrong then.
TEST(Door, writes_what_a_feed_says_again_after_somebody_else_has_changed_it) {
  House house;
  auto session = house.as(feed(hospital));
  ASSERT_TRUE(session.receive(hanako_says(house, "M1", hanako)));
  std::string changed(hanako);
  changed.insert(changed.size() - 1, R"(,"active":false)");
  house.put(doctor(hospital), changed);
  ASSERT_TRUE(session.receive(hanako_says(house, "M2", hanako)));
  EXPECT_FALSE(session.received().front().unchanged);
  EXPECT_EQ(session.received().front().version, 3U);
  EXPECT_TRUE(session.find_message("hospital.adt", "M2").value());
}

TEST(Door, takes_a_message_once_where_it_is_asked_to) {
  House house;
  auto session = house.as(feed(hospital));
  auto inbound = hanako_says(house, "M1", hanako);
  inbound.once = true;
  const auto number = session.receive(inbound);
  ASSERT_TRUE(number);
  EXPECT_FALSE(session.repeated());
  EXPECT_EQ(session.receive(inbound).value(), *number);
  ASSERT_TRUE(session.repeated());
  EXPECT_EQ(session.repeated()->control_id, "M1");

  auto other = hanako_says(house, "M1", hanako);  // other bytes, the same control id
  other.bytes += "|other";
  other.once = true;
  other.report_if_reused = [] { return std::string(R"({"reused":true})"); };
  ASSERT_TRUE(session.receive(other));
  EXPECT_FALSE(session.repeated());
  EXPECT_EQ(session.find_message("hospital.adt", "M1").value()->report, R"({"reused":true})");
}

TEST(Door, keeps_held_messages_until_they_are_mended) {
  House house;
  Inbound inbound;
  inbound.feed = "hospital.adt";
  inbound.organisation = hospital;
  inbound.control_id = "M1";
  inbound.bytes = "MSH|...";
  inbound.state = MessageState::held;
  inbound.reason = "code unknown";
  auto session = house.as(feed(hospital));
  inbound.number = session.receive(inbound).value();
  EXPECT_EQ(session.message_count(MessageState::held).value(), 1U);
  EXPECT_THAT(house.as(clerk(clinic)).messages({}).value(), IsEmpty());  // another facility's
  EXPECT_EQ(house.as(clerk(hospital)).messages({}).value().size(), 1U);
  inbound.state = MessageState::done;
  inbound.reason.clear();
  inbound.changes = {house.update(hanako)};
  ASSERT_TRUE(session.receive(inbound));
  EXPECT_EQ(session.message_count(MessageState::held).value(), 0U);
  EXPECT_EQ(session.message(inbound.number).value()->state, MessageState::done);
}

TEST(Door, makes_a_key_only_the_owner_can_read_and_never_a_second_one) {
  House house;
  const auto file = house.folder() / "key";
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  house.put(doctor(hospital), hanako);
  house.open();
  EXPECT_TRUE(house.as(doctor(hospital)).read(type_of("Patient"), "p1"));
  house.close();
  std::filesystem::permissions(file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(
      Door::open({.folder = house.folder(), .key_from_environment = {}, .credentials_folder = {}},
                 r4())
          .error()
          .kind,
      Error::Kind::forbidden);
  std::filesystem::remove(file);
  EXPECT_EQ(
      Door::open({.folder = house.folder(), .key_from_environment = {}, .credentials_folder = {}},
                 r4())
          .error()
          .kind,
      Error::Kind::not_found);
}

}  // namespace
}  // namespace tasuki::record
