// Erasing with proof: what was there is nowhere any more, and what was done can be shown.
#include "record/erase.h"

#include <gmock/gmock.h>

#include <thread>

#include "record/export.h"
#include "record/feed.h"
#include "record/house.h"

namespace tasuki::record {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EraseTest : public testing::Test {
 protected:
  Session clerk_of(const char* organisation) {
    return house.door().session(clerk(organisation), Purpose::operations);
  }
  void write(const char* organisation, const std::string& text) {
    const auto document = json::parse(text);
    ASSERT_TRUE(document) << text;
    auto session = house.as(doctor(organisation));
    Change change;
    change.action = Change::Action::update;
    change.type = type_of(document->root.text_of("resourceType"));
    change.id = document->root.text_of("id");
    change.resource = &document->root;
    const auto written = session.write(change);
    ASSERT_TRUE(written) << written.error().message;
  }
  void write_person() {
    write(
        hospital,
        R"({"resourceType":"Patient","id":"p1","name":[{"text":"秘密 花子","family":"秘密"}],"birthDate":"1952-04-01"})");
    write(
        hospital,
        R"({"resourceType":"Patient","id":"p1","name":[{"text":"秘密 華子","family":"秘密"}],"birthDate":"1952-04-01"})");
    write(
        hospital,
        R"({"resourceType":"Observation","id":"o1","status":"final","code":{"text":"秘密検査"},"subject":{"reference":"Patient/p1"}})");
    write(hospital, R"({"resourceType":"Patient","id":"p2","name":[{"text":"別 太郎"}]})");
  }
  EraseRequest everything_of_p1() const {
    return {.type = type_of("Patient"), .id = "p1", .whole_person = true, .reason = "本人の請求"};
  }
  size_t found(const char* type, const std::string& query) {
    auto session = house.as(doctor(hospital));
    const auto parsed = fhir::search::parse(*r4(), type_of(type), query);
    const auto result = session.search(*parsed);
    return result ? result->matches.size() : 999;
  }

  House house;
};

TEST_F(EraseTest, nothing_of_the_person_is_shown_any_more) {
  write_person();
  auto session = clerk_of(hospital);
  const auto erasure = erase(session, everything_of_p1());
  ASSERT_TRUE(erasure) << erasure.error().message;
  EXPECT_EQ(erasure->records, 2U);
  EXPECT_EQ(erasure->versions, 3U);

  auto reader = house.as(doctor(hospital));
  EXPECT_EQ(reader.read(type_of("Patient"), "p1").error().kind, Error::Kind::gone);
  EXPECT_EQ(reader.read_version(type_of("Patient"), "p1", 1).error().kind, Error::Kind::gone);
  EXPECT_EQ(reader.read(type_of("Observation"), "o1").error().kind, Error::Kind::gone);
  EXPECT_EQ(found("Patient", "name=秘密"), 0U);
  EXPECT_EQ(found("Observation", "code:text=秘密検査"), 0U);
  EXPECT_EQ(found("Patient", ""), 1U);
  HistoryRequest of_p1;
  of_p1.type = type_of("Patient");
  of_p1.id = "p1";
  const auto history = reader.history(of_p1);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->versions.size(), 3U);
  for (const Resource& version : history->versions)
    EXPECT_EQ(version.body, "");
  const auto changes = *changes_after(house.door(), 0, 100);
  for (const auto& change : changes)
    EXPECT_THAT(change.resource.body, Not(HasSubstr("秘密")));
  auto looking = house.as(doctor(hospital));
  EXPECT_TRUE(looking.people("秘密")->empty());
}

TEST_F(EraseTest, the_sequence_numbers_have_no_gap) {
  write_person();
  const auto before = *changes_after(house.door(), 0, 100);
  auto session = clerk_of(hospital);
  ASSERT_TRUE(erase(session, everything_of_p1()));
  const auto after = *changes_after(house.door(), 0, 100);
  ASSERT_EQ(after.size(), before.size() + 3);  // two tombstones and the proof
  for (size_t i = 0; i < after.size(); ++i)
    EXPECT_EQ(after[i].sequence, i + 1);
}

TEST_F(EraseTest, the_proof_names_each_version_with_its_hash_and_is_a_resource) {
  write_person();
  auto session = clerk_of(hospital);
  const auto erasure = erase(session, everything_of_p1());
  ASSERT_TRUE(erasure);
  EXPECT_THAT(erasure->proof.body,
              AllOf(HasSubstr(R"("reference":"Patient/p1/_history/1","identifier":{"system":)"
                              R"("urn:ietf:rfc:3986","value":"ni:///sha-256;)"),
                    HasSubstr("Observation/o1/_history/1"), HasSubstr("本人の請求"),
                    HasSubstr("/clerk"), HasSubstr(R"("code":"destroy")"), Not(HasSubstr("秘密"))));
  auto reader = house.as(doctor(hospital));
  const auto read = reader.read(type_of("Provenance"), erasure->proof.id);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->body, erasure->proof.body);
  EXPECT_TRUE(house.door().verify_audit());
}

TEST_F(EraseTest, what_another_organisation_is_responsible_for_stays_and_is_named) {
  write_person();
  write(
      hospital,
      R"({"resourceType":"Consent","id":"c1","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p1"},"policyRule":{"text":"x"},"provision":{"type":"permit"}})");
  write(
      clinic,
      R"({"resourceType":"Observation","id":"theirs","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"}})");
  auto session = clerk_of(hospital);
  const auto erasure = erase(session, everything_of_p1());
  ASSERT_TRUE(erasure);
  EXPECT_THAT(erasure->left, testing::ElementsAre("Observation/theirs"));
  auto theirs = house.as(doctor(clinic));
  EXPECT_TRUE(theirs.read(type_of("Observation"), "theirs"));
  auto other = clerk_of(clinic);
  EXPECT_FALSE(erase(other, everything_of_p1()));
}

TEST_F(EraseTest, one_record_alone) {
  write_person();
  auto session = clerk_of(hospital);
  const auto erasure =
      erase(session, {.type = type_of("Observation"), .id = "o1", .reason = "誤登録"});
  ASSERT_TRUE(erasure) << erasure.error().message;
  EXPECT_EQ(erasure->records, 1U);
  auto reader = house.as(doctor(hospital));
  EXPECT_TRUE(reader.read(type_of("Patient"), "p1"));
  EXPECT_EQ(reader.read(type_of("Observation"), "o1").error().kind, Error::Kind::gone);
}

TEST_F(EraseTest, what_was_deleted_before_is_erased_too) {
  write_person();
  auto deleting = house.as(doctor(hospital));
  Change removal;
  removal.action = Change::Action::remove;
  removal.type = type_of("Observation");
  removal.id = "o1";
  ASSERT_TRUE(deleting.write(removal));
  auto session = clerk_of(hospital);
  ASSERT_TRUE(erase(session, everything_of_p1()));
  const auto changes = *changes_after(house.door(), 0, 100);
  for (const auto& change : changes)
    EXPECT_THAT(change.resource.body, Not(HasSubstr("秘密検査")));
}

TEST_F(EraseTest, role_purpose_and_reason_are_asked_for) {
  write_person();
  auto treating = house.as(doctor(hospital));
  EXPECT_EQ(erase(treating, everything_of_p1()).error().kind, Error::Kind::forbidden);
  auto for_treatment = house.as(clerk(hospital));
  EXPECT_EQ(erase(for_treatment, everything_of_p1()).error().kind, Error::Kind::forbidden);
  auto session = clerk_of(hospital);
  auto without = everything_of_p1();
  without.reason.clear();
  EXPECT_EQ(erase(session, without).error().location, "reason");
  auto absent = everything_of_p1();
  absent.id = "nobody";
  EXPECT_EQ(erase(session, absent).error().kind, Error::Kind::not_found);
  auto reader = house.as(doctor(hospital));
  EXPECT_TRUE(reader.read(type_of("Patient"), "p1"));
}

TEST_F(EraseTest, the_database_is_scrubbed_soon) {
  write_person();
  auto session = clerk_of(hospital);
  ASSERT_TRUE(erase(session, everything_of_p1()));
  for (int i = 0; i < 1000 && !is_scrubbed(house.door()); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(is_scrubbed(house.door()));
}

}  // namespace
}  // namespace tasuki::record
