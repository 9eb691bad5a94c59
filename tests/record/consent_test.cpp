// Own facility, or the person has agreed: and never more under less consent.
#include <gmock/gmock.h>

#include <random>

#include "record/consent/policy.h"
#include "record/house.h"

namespace tasuki::record {
namespace {

using ::testing::IsEmpty;

std::string hanako(std::string_view id) {
  return std::string(R"({"resourceType":"Patient","id":")") + std::string(id) +
         R"(","name":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"IDE"}],"text":"山田 花子"},)" +
         R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"SYL"}],"text":"ヤマダ ハナコ"}],)" +
         R"("gender":"female","birthDate":"1952-04-01","telecom":[{"system":"phone","value":"03-1234-5678"}]})";
}
std::string weight(std::string_view id, std::string_view patient) {
  return std::string(R"({"resourceType":"Observation","id":")") + std::string(id) +
         R"(","status":"final","code":{"coding":[{"code":"29463-7"}]},"subject":{"reference":"Patient/)" +
         std::string(patient) + R"("}})";
}
std::string consent(std::string_view provision, std::string_view status = "active") {
  return R"({"resourceType":"Consent","id":"c1","status":")" + std::string(status) +
         R"(","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},)" +
         R"("category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/h1"},)" +
         R"("policyRule":{"coding":[{"code":"OPTIN"}]})" +
         (provision.empty() ? "" : R"(,"provision":)" + std::string(provision)) + "}";
}
std::string actor(std::string_view role, std::string_view institution) {
  return R"({"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":")" +
         std::string(role) +
         R"("}]},"reference":{"identifier":{"system":"http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":")" +
         std::string(institution) + R"("}}})";
}

// The hospital and the clinic both know 山田 花子; the pharmacy knows nobody.
class Consent : public ::testing::Test {
 protected:
  static constexpr const char* pharmacy = "1340000003";
  void SetUp() override {
    house.put(doctor(hospital), hanako("h1"));
    house.put(doctor(hospital), weight("hw", "h1"));
    house.put(doctor(clinic), hanako("c1"));
    house.put(doctor(clinic), weight("cw", "c1"));
    house.put(doctor(hospital), R"({"resourceType":"Organization","id":"o1","name":"みなと病院"})");
  }
  void agree(const std::string& provision) { house.put(doctor(hospital), consent(provision)); }
  Ids seen(const char* organisation) {
    return found(house.as(doctor(organisation)), "Observation", "code=29463-7");
  }
  House house;
};

TEST_F(Consent, silence_shows_a_facility_its_own_alone) {
  EXPECT_EQ(seen(hospital), Ids{"hw"});
  EXPECT_EQ(seen(clinic), Ids{"cw"});
  EXPECT_THAT(seen(pharmacy), IsEmpty());
}

TEST_F(Consent, a_hidden_resource_answers_like_an_absent_one) {
  const auto hidden = house.as(doctor(clinic)).read(type_of("Observation"), "hw");
  const auto absent = house.as(doctor(clinic)).read(type_of("Observation"), "hx");
  EXPECT_EQ(hidden.error().kind, Error::Kind::not_found);
  EXPECT_EQ(hidden.error().message.size(), absent.error().message.size());
  EXPECT_EQ(house.as(doctor(clinic)).read_version(type_of("Observation"), "hw", 1).error().kind,
            Error::Kind::not_found);
  HistoryRequest request;
  request.type = type_of("Observation");
  request.id = "hw";
  EXPECT_EQ(house.as(doctor(clinic)).history(request).error().kind, Error::Kind::not_found);
  request.id.clear();
  EXPECT_EQ(house.as(doctor(clinic)).history(request)->versions.size(), 1U);
}

TEST_F(Consent, what_names_no_person_is_shared_by_all) {
  EXPECT_EQ(found(house.as(doctor(clinic)), "Organization", ""), Ids{"o1"});
}

TEST_F(Consent, agreement_opens_the_records_of_every_facility_to_all) {
  agree(R"({"type":"permit"})");
  EXPECT_EQ(seen(hospital), (Ids{"cw", "hw"}));
  EXPECT_EQ(seen(pharmacy), (Ids{"cw", "hw"}));
  house.open();  // and still after a restart
  EXPECT_EQ(seen(pharmacy), (Ids{"cw", "hw"}));
}

TEST_F(Consent, agreement_may_name_who_sees) {
  agree(R"({"type":"permit","actor":[)" + actor("IRCP", clinic) + "]}");
  EXPECT_EQ(seen(clinic), (Ids{"cw", "hw"}));
  EXPECT_THAT(seen(pharmacy), IsEmpty());
}

TEST_F(Consent, agreement_may_name_whose_records) {
  agree(R"({"type":"permit","actor":[)" + actor("CST", clinic) + "]}");
  EXPECT_EQ(seen(pharmacy), Ids{"cw"});
}

TEST_F(Consent, totals_includes_and_chains_keep_to_it_too) {
  const auto total = house.as(doctor(clinic)).search(query("Observation", "_total=accurate"));
  EXPECT_EQ(total->total, 1U);
  EXPECT_THAT(found(house.as(doctor(clinic)), "Patient", "_has:Observation:patient:_id=hw"),
              IsEmpty());
  EXPECT_THAT(found(house.as(doctor(clinic)), "Observation", "subject:Patient._id=h1"), IsEmpty());
  // An observation of the clinic's own that points to the hospital's patient brings nothing of him
  // along.
  house.put(doctor(clinic), weight("cx", "h1"));
  const auto page =
      house.as(doctor(clinic)).search(query("Observation", "_id=cx&_include=Observation:subject"));
  EXPECT_THAT(page->included, IsEmpty());
}

TEST_F(Consent, brings_nothing_hidden_along_backwards) {
  house.put(doctor(clinic), weight("cx", "h1"));  // the clinic's, about the hospital's patient
  const auto page =
      house.as(doctor(hospital)).search(query("Patient", "_id=h1&_revinclude=Observation:subject"));
  ASSERT_EQ(page->included.size(), 1U);
  EXPECT_EQ(page->included.front().id, "hw");
}

struct Ruling {
  const char* name;
  std::vector<Rule> rules;
  std::optional<bool> decision;
};
void PrintTo(const Ruling& each, std::ostream* out) {
  *out << each.name;
}
Rule rule(bool permit, std::vector<std::string> recipients = {},
          std::vector<std::string> owners = {}) {
  Rule made;
  made.permit = permit;
  made.recipients = std::move(recipients);
  made.owners = std::move(owners);
  return made;
}
Rule strictest() {
  Rule made;
  made.strictest = true;
  return made;
}
const Ruling rulings[] = {
    // clang-format off
    {"no_rule_no_word", {}, std::nullopt},
    {"about_another_facility", {rule(true, {hospital})}, std::nullopt},
    {"a_denial_wins_over_an_equal_permission", {rule(true), rule(false)}, false},
    {"in_whatever_order", {rule(false), rule(true)}, false},
    {"the_more_specific_permission_wins", {rule(false), rule(true, {clinic})}, true},
    {"the_more_specific_denial_wins", {rule(true, {clinic}), rule(false, {clinic}, {hospital})}, false},
    {"nothing_outranks_the_strictest_reading", {rule(true, {clinic}, {hospital}), strictest()}, false},
    // clang-format on
};
class Rulings : public ::testing::TestWithParam<Ruling> {};
TEST_P(Rulings, follow_the_most_specific_rule) {
  EXPECT_EQ(decide(GetParam().rules, {clinic, Purpose::treatment, now()}, hospital),
            GetParam().decision);
  EXPECT_EQ(parse_rules(print_rules(GetParam().rules)).value(), GetParam().rules);
}
INSTANTIATE_TEST_SUITE_P(Consent, Rulings, ::testing::ValuesIn(rulings),
                         [](const auto& info) { return info.param.name; });

TEST_F(Consent, is_over_with_its_withdrawal) {
  agree(R"({"type":"permit"})");
  house.put(doctor(hospital), consent(R"({"type":"permit"})", "inactive"));
  EXPECT_EQ(seen(hospital), Ids{"hw"});
  agree(R"({"type":"permit"})");
  ASSERT_TRUE(house.as(doctor(hospital)).write(House::remove("Consent", "c1")));
  EXPECT_EQ(seen(hospital), Ids{"hw"});
}

TEST_F(Consent, a_past_one_says_nothing) {
  agree(R"({"type":"permit","period":{"end":"2020-12-31"}})");
  EXPECT_EQ(seen(hospital), Ids{"hw"});
  agree(R"({"type":"permit","period":{"start":"2020-12-31"}})");
  EXPECT_EQ(seen(hospital), (Ids{"cw", "hw"}));
}

TEST_F(Consent, what_is_not_understood_is_read_at_its_strictest) {
  agree(R"({"type":"permit","class":[{"code":"Observation"}]})");
  EXPECT_EQ(seen(clinic), Ids{"cw"});
  EXPECT_THAT(seen(pharmacy), IsEmpty());
}

TEST_F(Consent, nobody_lets_himself_in_by_speaking_for_a_stranger) {
  house.put(doctor(pharmacy), consent(R"({"type":"permit"})"));
  EXPECT_THAT(seen(pharmacy), IsEmpty());
}

TEST_F(Consent, a_patient_sees_all_of_his_own_and_nothing_else) {
  const auto person = house.as(doctor(hospital)).person_of("h1");
  ASSERT_TRUE(person) << person.error().message;
  EXPECT_EQ(found(house.as(patient(person->id)), "Observation", ""), (Ids{"cw", "hw"}));
  EXPECT_THAT(found(house.as(patient("somebody")), "Observation", ""), IsEmpty());
  EXPECT_EQ(house.as(patient(person->id)).write(house.update(weight("hw", "h1"))).error().kind,
            Error::Kind::forbidden);
}

TEST_F(Consent, a_role_narrows_what_consent_allows) {
  EXPECT_EQ(house.as(clerk(hospital)).read(type_of("Observation"), "hw").error().kind,
            Error::Kind::forbidden);
  EXPECT_EQ(house.as(clerk(hospital)).search(query("Observation", "")).error().kind,
            Error::Kind::forbidden);
  EXPECT_EQ(house.as(clerk(hospital))
                .search(query("Patient", "_has:Observation:patient:code=29463-7"))
                .error()
                .kind,
            Error::Kind::forbidden);
  EXPECT_EQ(found(house.as(clerk(hospital)), "Patient", ""), Ids{"h1"});
  EXPECT_THAT(house.as(clerk(hospital))
                  .search(query("Patient", "_revinclude=Observation:subject"))
                  ->included,
              IsEmpty());
}

TEST_F(Consent, names_who_else_knows_the_person_unless_that_is_closed) {
  const auto undecided = house.as(doctor(hospital)).person_of("h1");
  ASSERT_EQ(undecided->records.size(), 2U);
  EXPECT_TRUE(undecided->records.back().withheld);
  EXPECT_EQ(undecided->records.back().organisation, clinic);
  EXPECT_EQ(undecided->records.back().patient, "");
  agree(R"({"type":"deny","actor":[)" + actor("CST", clinic) + "]}");
  EXPECT_EQ(house.as(doctor(hospital)).person_of("h1")->records.size(), 1U);
}

// Property: drop any rule that permits, or add any that denies, and nobody sees more.
TEST_F(Consent, less_of_it_never_shows_more) {
  const std::vector<std::string> provisions = {
      R"({"type":"permit"})",
      R"({"type":"deny"})",
      R"({"type":"permit","actor":[)" + actor("IRCP", pharmacy) + "]}",
      R"({"type":"deny","actor":[)" + actor("IRCP", pharmacy) + "]}",
      R"({"type":"permit","actor":[)" + actor("CST", hospital) + "]}",
      R"({"type":"deny","actor":[)" + actor("CST", hospital) + "]}"};
  const auto write = [&](int number, const std::string& provision, const char* status) {
    auto text = consent(provision, status);
    text.replace(text.find("\"c1\""), 4, "\"k" + std::to_string(number) + "\"");
    house.put(doctor(hospital), text);
  };
  std::mt19937 random(20261123);
  for (int round = 0; round < 40; ++round) {
    const int number = static_cast<int>(random() % provisions.size());
    const auto& provision = provisions[static_cast<size_t>(number)];
    const bool permits = provision.contains("permit");
    std::vector<Ids> before;
    for (const auto* who : {hospital, clinic, pharmacy})
      before.push_back(seen(who));
    write(number, provision, permits ? "inactive" : "active");  // less consent
    size_t i = 0;
    for (const auto* who : {hospital, clinic, pharmacy}) {
      EXPECT_TRUE(std::ranges::includes(before[i++], seen(who)))
          << "round " << round << " " << provision << " " << who;
    }
    const size_t other = random() % provisions.size();
    write(static_cast<int>(other), provisions[other], random() % 2 == 0 ? "active" : "inactive");
  }
}

}  // namespace
}  // namespace tasuki::record
