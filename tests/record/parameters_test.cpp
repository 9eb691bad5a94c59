// Search parameters added while the program runs: active from their commit, never half answered.
#include <gmock/gmock.h>

#include <thread>

#include "record/house.h"

namespace tasuki::record {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view nickname =
    R"({"resourceType":"SearchParameter","id":"nick","url":"http://example.org/nick","name":"Nick","status":"active","description":"d","code":"nick","base":["Patient"],"type":"string","expression":"Patient.name.where(use = 'nickname').given"})";

std::string person(std::string_view id, std::string_view nick) {
  return std::string(R"({"resourceType":"Patient","id":")") + std::string(id) +
         R"(","name":[{"family":"山田"},{"use":"nickname","given":[")" + std::string(nick) +
         R"("]}]})";
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  out.replace(out.find(from), from.size(), to);
  return out;
}

// Bounded: the walk of a few records takes milliseconds.
bool ready_in_time(House& house) {
  for (int i = 0; i < 1000; ++i) {
    const auto states = house.as(doctor(hospital)).added_parameters();
    if (std::ranges::all_of(states, &ParameterState::is_ready)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

Ids with(House& house, const std::string& query) {
  return found(house.as(doctor(hospital)), "Patient", query);
}

TEST(Parameters, find_what_was_stored_before_and_after) {
  House house;
  for (int i = 0; i < 250; ++i)
    house.put(doctor(hospital), person("p" + std::to_string(i), i % 100 == 7 ? "はなちゃん" : "x"));
  house.put(doctor(hospital), nickname);
  house.put(doctor(hospital), person("late", "はなちゃん"));
  ASSERT_TRUE(ready_in_time(house));
  EXPECT_EQ(with(house, "nick=はなちゃん"), (Ids{"late", "p107", "p207", "p7"}));
}

TEST(Parameters, are_refused_with_their_progress_until_all_is_indexed) {
  House house;
  for (int i = 0; i < 300; ++i)
    house.put(doctor(hospital), person("p" + std::to_string(i), "n"));
  house.put(doctor(hospital), nickname);
  const auto query = fhir::search::parse(*r4(), type_of("Patient"), "nick=n");
  if (query) {  // indexed already: then it is all there
    EXPECT_EQ(with(house, "nick=n&_count=500").size(), 300U);
  } else {
    EXPECT_EQ(query.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(query.error().message, HasSubstr("% of what it is asked of"));
  }
}

TEST(Parameters, survive_a_restart_in_the_midst_of_indexing) {
  House house;
  for (int i = 0; i < 400; ++i)
    house.put(doctor(hospital), person("p" + std::to_string(i), "n"));
  house.put(doctor(hospital), nickname);
  house.open();
  ASSERT_TRUE(ready_in_time(house));
  EXPECT_EQ(with(house, "nick=n&_count=500").size(), 400U);
  house.open();
  EXPECT_EQ(with(house, "nick=n&_count=500").size(), 400U);
}

TEST(Parameters, retire_with_their_resource_and_come_back_whole) {
  House house;
  house.put(doctor(hospital), nickname);
  ASSERT_TRUE(ready_in_time(house));
  house.put(doctor(hospital), person("p1", "n"));
  EXPECT_EQ(with(house, "nick=n"), Ids{"p1"});
  ASSERT_TRUE(house.as(doctor(hospital)).write(House::remove("SearchParameter", "nick")));
  EXPECT_THAT(house.as(doctor(hospital)).added_parameters(), IsEmpty());
  const auto gone = fhir::search::parse(*r4(), type_of("Patient"), "nick=n");
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message, HasSubstr("no search parameter 'nick'"));

  house.put(doctor(hospital), person("p2", "n"));  // indexed without it
  house.put(doctor(hospital), nickname);
  ASSERT_TRUE(ready_in_time(house));
  EXPECT_EQ(with(house, "nick=n"), (Ids{"p1", "p2"}));
}

TEST(Parameters, with_another_meaning_do_not_find_what_the_former_one_left) {
  House house;
  house.put(doctor(hospital), nickname);
  ASSERT_TRUE(ready_in_time(house));
  house.put(doctor(hospital), person("p1", "n"));
  house.put(doctor(hospital), replaced(nickname, "Patient.name.where(use = 'nickname').given",
                                       "Patient.name.family"));
  ASSERT_TRUE(ready_in_time(house));
  EXPECT_THAT(with(house, "nick=n"), IsEmpty());
  EXPECT_EQ(with(house, "nick=山田"), Ids{"p1"});
}

struct Refused {
  const char* name;
  const char* from;
  const char* to;
  const char* reason;
};
const Refused refused[] = {
    {"without_base", R"("base":["Patient"],)", "", "base"},
    {"unknown_base", R"("base":["Patient"])", R"("base":["Patent"])", "Patent"},
    {"without_expression", R"(,"expression":"Patient.name.where(use = 'nickname').given")", "",
     "expression"},
    {"expression_that_does_not_compile", "Patient.name.where(use = 'nickname').given", "bad syntax",
     "bad syntax"},
    {"expression_that_leads_nowhere", "Patient.name.where(use = 'nickname').given", "Patient.nom",
     "Patient.nom"},
    {"expression_of_another_type", "Patient.name.where(use = 'nickname').given",
     "Observation.status", "bases"},
    {"data_its_type_does_not_work_on", "Patient.name.where(use = 'nickname').given",
     "Patient.birthDate", "date"},
    {"code_that_is_taken", R"("code":"nick")", R"("code":"family")", "choose another code"},
    {"code_with_a_blank", R"("code":"nick")", R"("code":"nick name")", "may have only"},
    {"special", R"("type":"string")", R"("type":"special")", "cannot be added"},
};
class RefusedParameter : public ::testing::TestWithParam<Refused> {};
TEST_P(RefusedParameter, says_why) {
  House house;
  const auto text = replaced(nickname, GetParam().from, GetParam().to);
  auto session = house.as(doctor(hospital));
  const auto written = session.write(house.update(text));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Error::Kind::invalid);
  EXPECT_THAT(written.error().message + " " + written.error().location,
              HasSubstr(GetParam().reason));
}
INSTANTIATE_TEST_SUITE_P(Parameters, RefusedParameter, ::testing::ValuesIn(refused),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::record
