// Criteria that the plan joins into one question of the index: two ends of a window, a code and its
// value, a chain by whom both sides are about.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "record/house.h"

namespace tasuki::record {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Joined : public ::testing::Test {
 protected:
  void observation(std::string_view id, std::string_view rest) {
    house_.put(
        system_,
        fmt::format(R"({{"resourceType":"Observation","id":"{}","status":"final",{}}})", id, rest));
  }
  static std::string measured(double value) {
    return fmt::format(
        R"("code":{{"coding":[{{"code":"glucose"}}]}},"valueQuantity":{{"value":{},"system":"http://unitsofmeasure.org","code":"mg/dL"}})",
        value);
  }
  std::vector<std::string> found(std::string_view type, std::string_view text) {
    return record::found(house_.as(system_), type, text);
  }

  House house_;
  const Principal system_ = system_of(hospital);
};

TEST_F(Joined, a_window_holds_what_one_date_of_one_record_meets) {
  constexpr auto code = R"("code":{"coding":[{"code":"glucose"}]})";
  observation("before", fmt::format(R"({},"effectiveDateTime":"2024-02-29")", code));
  observation("inside", fmt::format(R"({},"effectiveDateTime":"2024-03-10T08:00:00+09:00")", code));
  observation("behind", fmt::format(R"({},"effectiveDateTime":"2024-04-01")", code));
  observation(
      "long",
      fmt::format(R"({},"effectivePeriod":{{"start":"2024-01-01","end":"2024-03-20"}})", code));
  observation("endless", fmt::format(R"({},"effectivePeriod":{{"start":"2020-01-01"}})", code));
  EXPECT_THAT(found("Observation", "date=ge2024-03-01&date=lt2024-04-01"),
              ElementsAre("endless", "inside", "long"));
  EXPECT_THAT(found("Observation", "code=glucose&date=ge2024-03-01&date=lt2024-04-01"),
              ElementsAre("endless", "inside", "long"));
  EXPECT_THAT(found("Observation", "date=ge2024-03-01&date=le2024-03-15&date=gt2024-03-05"),
              ElementsAre("endless", "inside", "long"));
  EXPECT_THAT(found("Observation", "date=sa2024-03-01&date=eb2024-04-01"), ElementsAre("inside"));
  EXPECT_THAT(found("Observation", "date=gt2024-05&date=lt2020-01-01"), IsEmpty());
}

// A name has a period, and a patient several names: one may begin before the window, another
// behind.
TEST_F(Joined, a_window_over_several_values_is_met_by_several) {
  house_.put(system_, R"({"resourceType":"Procedure","id":"p","status":"completed",
      "subject":{"display":"nobody"},"performedDateTime":"2024-03-10"})");
  house_.put(system_, R"({"resourceType":"Goal","id":"g","lifecycleStatus":"active",
      "description":{"text":"x"},"subject":{"display":"nobody"},
      "target":[{"dueDate":"2024-01-01"},{"dueDate":"2024-12-01"}]})");
  EXPECT_THAT(found("Procedure", "date=ge2024-03-01&date=lt2024-04-01"), ElementsAre("p"));
  EXPECT_THAT(found("Goal", "target-date=ge2024-06-01&target-date=lt2024-02-01"), ElementsAre("g"));
}

TEST_F(Joined, a_value_with_its_code_is_found_with_and_without_a_pair) {
  observation("low", measured(80));
  observation("high", measured(200));
  observation("other", R"("code":{"coding":[{"code":"urea"}]},
      "valueQuantity":{"value":200,"system":"http://unitsofmeasure.org","code":"mg/dL"})");
  observation("sampled", R"("code":{"coding":[{"code":"glucose"}]},
      "valueSampledData":{"origin":{"value":0,"system":"http://unitsofmeasure.org","code":"mg/dL"},
      "period":10,"dimensions":1,"data":"90 210"})");
  constexpr auto unit = "|http://unitsofmeasure.org|mg/dL";
  EXPECT_THAT(found("Observation", fmt::format("code=glucose&value-quantity=gt150{}", unit)),
              ElementsAre("high", "sampled"));
  EXPECT_THAT(found("Observation", fmt::format("code=glucose&value-quantity=gt1.5{}",
                                               "|http://unitsofmeasure.org|g/L")),
              ElementsAre("high", "sampled"));
  EXPECT_THAT(found("Observation", fmt::format("code=glucose&value-quantity=lt85{}", unit)),
              ElementsAre("low"));
  EXPECT_THAT(found("Observation", "code=urea&value-quantity=200"), ElementsAre("other"));
}

// More than are looked up one by one, so that the subject joins them.
TEST_F(Joined, a_chain_over_many_patients_follows_the_link_that_was_meant) {
  for (int i = 0; i < 40; ++i) {
    house_.put(system_, fmt::format(R"({{"resourceType":"Patient","id":"p{:02}","gender":"{}"}})",
                                    i, i % 2 == 0 ? "female" : "male"));
    observation(fmt::format("o{:02}", i),
                fmt::format(R"({},"subject":{{"reference":"Patient/p{:02}"}})", measured(i), i));
  }
  EXPECT_EQ(found("Observation", "patient.gender=female").size(), 20U);
  EXPECT_EQ(found("Patient", "_has:Observation:patient:code=glucose").size(), 40U);
  EXPECT_EQ(found("Patient", "gender=male&_has:Observation:patient:code=glucose").size(), 20U);

  // About one patient by its performer alone; about two.
  house_.put(system_, R"({"resourceType":"Patient","id":"q1","gender":"female"})");
  house_.put(system_, R"({"resourceType":"Patient","id":"q2","gender":"female"})");
  observation("performed", measured(1) + R"(,"performer":[{"reference":"Patient/q1"}])");
  EXPECT_EQ(found("Observation", "patient.gender=female").size(), 20U);
  EXPECT_EQ(found("Patient", "_has:Observation:patient:code=glucose").size(), 40U);
  observation("both", measured(1) + R"(,"subject":{"reference":"Patient/q2"},
      "performer":[{"reference":"Patient/q1"}])");
  EXPECT_EQ(found("Observation", "patient.gender=female").size(), 21U);
  EXPECT_EQ(found("Patient", "_has:Observation:patient:code=glucose").size(), 41U);
}

}  // namespace
}  // namespace tasuki::record
