// Packages installed and removed while the door stands open: profiles and search parameters.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "fhir/package/install.h"
#include "record/house.h"

namespace tasuki::record {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view profile =
    R"({"resourceType":"StructureDefinition","url":"urn:member","name":"P","status":"draft","kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.birthDate","path":"Patient.birthDate","min":1}]}})";
constexpr std::string_view parameter =
    R"({"resourceType":"SearchParameter","url":"urn:nick","name":"Nick","status":"active","description":"d","code":"nick","base":["Patient"],"type":"string","expression":"Patient.name.where(use = 'nickname').given"})";
constexpr std::string_view taken_parameter =
    R"({"resourceType":"SearchParameter","url":"urn:family","name":"F","status":"active","description":"d","code":"family","base":["Patient"],"type":"string","expression":"Patient.name.text"})";

std::string person(std::string_view id, std::string_view more) {
  return R"({"resourceType":"Patient","id":")" + std::string(id) +
         R"(","name":[{"use":"nickname","given":["はな"]}])" + std::string(more) + "}";
}

constexpr std::string_view declared = R"(,"meta":{"profile":["urn:member"]})";

// A house whose packages lie in a folder of their own; every write must meet what it declares.
class Packages : public ::testing::Test {
 protected:
  Packages()
      : folder_(std::filesystem::temp_directory_path() / ("tasuki-packages-" + random_uuid())) {
    const std::filesystem::path build = TASUKI_BUILD_FOLDER;
    place_ = {build / "tasuki-r4.package", folder_ / "installed"};
    auto rules = fhir::CurrentRules::open(
        *r4(), {place_.core, build / "tasuki-r4-terminology.image", place_.folder, {}});
    CHECK(rules.has_value());
    fhir::Gate gate{.rules = *rules, .usual = {}, .writers = {}};
    gate.usual.level = fhir::WritePolicy::Level::declared;
    house_ = std::make_unique<House>(gate);
  }
  ~Packages() override {
    house_.reset();
    std::filesystem::remove_all(folder_);
  }

  fhir::Installed add(const std::string& version) {
    const auto source = folder_ / ("source-" + version);
    std::filesystem::create_directories(source);
    std::ofstream(source / "package.json") << R"({"name":"guide","version":")" << version << "\"}";
    std::ofstream(source / "a.json") << profile;
    std::ofstream(source / "b.json") << parameter;
    std::ofstream(source / "c.json") << taken_parameter;
    auto added = fhir::add_package(*r4(), place_, source);
    EXPECT_TRUE(added) << added.error().message;
    EXPECT_TRUE(house_->door().refresh_definitions());
    return added ? *std::move(added) : fhir::Installed{};
  }
  void remove(const std::string& version) {
    EXPECT_TRUE(fhir::remove_package(place_, {"guide", version}));
    EXPECT_TRUE(house_->door().refresh_definitions());
  }
  std::string refusal(const std::string& text) {
    const auto written = house_->as(doctor(hospital)).write(house_->update(text));
    return written ? "" : written.error().message;
  }
  bool ready_in_time() {
    for (int i = 0; i < 1000; ++i) {
      const auto states = house_->as(doctor(hospital)).added_parameters();
      if (std::ranges::all_of(states, &ParameterState::is_ready)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  std::filesystem::path folder_;
  fhir::PackageFolder place_;
  std::unique_ptr<House> house_;
};

TEST_F(Packages, bring_profiles_while_the_door_is_open) {
  const auto text = person("p1", declared);
  EXPECT_THAT(refusal(text), HasSubstr("in no installed package"));
  add("1");
  EXPECT_THAT(refusal(text), HasSubstr("birthDate"));
  EXPECT_EQ(refusal(person("p1", std::string(declared) + R"(,"birthDate":"1985-04-01")")), "");
  remove("1");
  EXPECT_THAT(refusal(text), HasSubstr("in no installed package"));
}

TEST_F(Packages, leave_the_rulebook_to_who_began_with_it) {
  add("1");
  const auto kept = house_->door().gate().rulebook();
  remove("1");
  EXPECT_NE(kept->profiles().find("urn:member", nullptr), nullptr);
  EXPECT_EQ(house_->door().gate().rulebook()->profiles().find("urn:member", nullptr), nullptr);
}

TEST_F(Packages, that_cannot_be_read_leave_what_was_there) {
  add("1");
  std::ofstream(place_.folder / "broken#1.package") << "not a package";
  EXPECT_FALSE(house_->door().refresh_definitions());
  EXPECT_THAT(refusal(person("p1", declared)), HasSubstr("birthDate"));
}

TEST_F(Packages, bring_search_parameters_and_say_which_are_refused) {
  house_->put(doctor(hospital), person("before", ""));
  const auto added = add("1");
  ASSERT_EQ(added.parameters.size(), 2U);
  EXPECT_EQ(added.parameters[0].url, "urn:family");
  EXPECT_THAT(added.parameters[0].why_not, HasSubstr("choose another code"));
  ASSERT_TRUE(added.parameters[1].parameter);
  EXPECT_EQ(added.parameters[1].parameter->code, "nick");
  house_->put(doctor(hospital), person("after", ""));
  ASSERT_TRUE(ready_in_time());
  EXPECT_EQ(found(house_->as(doctor(hospital)), "Patient", "nick=はな"), (Ids{"after", "before"}));
  house_->open();
  EXPECT_EQ(found(house_->as(doctor(hospital)), "Patient", "nick=はな"), (Ids{"after", "before"}));
  remove("1");
  EXPECT_THAT(house_->as(doctor(hospital)).added_parameters(), IsEmpty());
}

TEST_F(Packages, of_two_versions_the_newer_defines_the_parameter) {
  add("2");
  const auto older = add("1");
  ASSERT_EQ(older.parameters.size(), 2U);
  EXPECT_THAT(older.parameters[1].why_not, HasSubstr("guide#2"));
  EXPECT_EQ(house_->as(doctor(hospital)).added_parameters().size(), 1U);
}

TEST_F(Packages, give_way_to_the_records_own_parameter_of_the_same_code) {
  add("1");
  std::string own(parameter);
  own.insert(own.find("\"url\""), R"("id":"nick",)");
  own.replace(own.find("name.where(use = 'nickname').given"),
              std::string_view("name.where(use = 'nickname').given").size(), "name.family");
  house_->put(doctor(hospital), own);
  const auto states = house_->as(doctor(hospital)).added_parameters();
  ASSERT_EQ(states.size(), 1U);
  house_->put(doctor(hospital),
              R"({"resourceType":"Patient","id":"p2","name":[{"family":"山田"}]})");
  ASSERT_TRUE(ready_in_time());
  EXPECT_EQ(found(house_->as(doctor(hospital)), "Patient", "nick=山田"), Ids{"p2"});
}

}  // namespace
}  // namespace tasuki::record
