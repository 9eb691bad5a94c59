// Packages side by side: differentials, versions, dependencies, removal, what a move would break.
#include "fhir/package/install.h"

#include <fstream>

#include <gmock/gmock.h>

#include "fhir/package/differences.h"
#include "fhir/validate/rulebooks.h"

namespace tasuki::fhir {
namespace {

using testing::HasSubstr;

// A package as a folder: package.json and one profile of Patient, as a differential.
std::filesystem::path written(const std::string& folder, const std::string& manifest,
                              const std::vector<std::string>& resources) {
  const auto place = build_folder / "test-packages" / "sources" / folder;
  std::filesystem::remove_all(place);
  std::filesystem::create_directories(place);
  std::ofstream(place / "package.json") << manifest;
  for (size_t i = 0; i < resources.size(); ++i)
    std::ofstream(place / ("resource-" + std::to_string(i) + ".json")) << resources[i];
  return place;
}

std::string profile(const std::string& url, const std::string& base, const std::string& elements) {
  return R"({"resourceType":"StructureDefinition","url":")" + url +
         R"(","name":"P","status":"draft","kind":"resource","abstract":false,"type":"Patient",)" +
         R"("baseDefinition":")" + base +
         R"(","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"},)" +
         elements + "]}}";
}

constexpr const char* patient = "http://hl7.org/fhir/StructureDefinition/Patient";

std::string sliced(int min) {
  return R"({"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":)"
         R"([{"type":"value","path":"system"}],"rules":"open"}},)"
         R"({"id":"Patient.identifier:local","path":"Patient.identifier","sliceName":"local","min":)" +
         std::to_string(min) +
         R"(},{"id":"Patient.identifier:local.system","path":"Patient.identifier.system","fixedUri":"urn:local"})";
}

class Installing : public testing::Test {
 protected:
  void add(const std::string& folder, const std::string& manifest,
           const std::vector<std::string>& resources) {
    const auto added = add_package(r4(), place_, written(folder, manifest, resources));
    ASSERT_TRUE(added) << added.error().message;
    ASSERT_TRUE(added->omissions.empty()) << added->omissions.front().why;
  }
  std::string first_error(const std::string& text, const Options& options = {}) const {
    const auto document = json::parse(text);
    for (const Finding& one : validate(*opened(place_.folder), document->root, options)) {
      if (one.severity == Finding::Severity::error) return one.location + " " + one.message;
    }
    return {};
  }

  PackageFolder place_ =
      empty_folder(testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Installing, a_differential_is_laid_over_the_profile_it_derives_from) {
  add("base", R"({"name":"a.base","version":"1.0.0"})", {profile("urn:base", patient, sliced(1))});
  add("derived", R"({"name":"a.derived","version":"1.0.0"})",
      {profile(
          "urn:derived", "urn:base",
          R"({"id":"Patient.identifier:local.value","path":"Patient.identifier.value","min":1})")});
  const std::string declared = R"({"resourceType":"Patient","meta":{"profile":["urn:derived"]})";
  EXPECT_THAT(first_error(declared + "}"), HasSubstr("at least 1 of the kind \"local\""));
  EXPECT_THAT(first_error(declared + R"(,"identifier":[{"system":"urn:local"}]})"),
              HasSubstr("Patient.identifier[0] \"value\" must stand here"));
  EXPECT_EQ(first_error(declared + R"(,"identifier":[{"system":"urn:local","value":"1"}]})"), "");
}

TEST_F(Installing, versions_with_one_canonical_stand_side_by_side) {
  add("old", R"({"name":"a","version":"1.2.0"})", {profile("urn:p", patient, sliced(0))});
  add("new", R"({"name":"a","version":"1.10.0"})", {profile("urn:p", patient, sliced(1))});
  const std::string text = R"({"resourceType":"Patient","meta":{"profile":["urn:p)";
  EXPECT_NE(first_error(text + "\"]}}"), "") << "the newest where nothing is said";
  EXPECT_EQ(first_error(text + "|1.2.0\"]}}"), "");
  EXPECT_NE(first_error(text + "|1.10\"]}}"), "");
  EXPECT_EQ(first_error(text + "\"]}}", {.package = "a#1.2.0"}), "");
  EXPECT_THAT(first_error(text + "|3\"]}}"), HasSubstr("is in no installed package"));
}

TEST_F(Installing, a_dependency_is_the_version_that_has_what_is_needed) {
  add("core1", R"({"name":"core","version":"1.1.2"})",
      {profile("urn:gone", patient, sliced(1)), profile("urn:both", patient, sliced(0))});
  add("core2", R"({"name":"core","version":"1.2.0"})", {profile("urn:both", patient, sliced(1))});
  const auto added = add_package(r4(), place_,
                                 written("guide", R"({"name":"guide","version":"1"})",
                                         {profile("urn:g", "urn:gone", sliced(1))}));
  ASSERT_TRUE(added);
  ASSERT_EQ(added->built_on.size(), 1u);
  EXPECT_EQ(added->built_on.front().text(), "core#1.1.2");
}

TEST_F(Installing, what_is_removed_is_unknown_again) {
  add("one", R"({"name":"a","version":"1"})", {profile("urn:p", patient, sliced(1))});
  ASSERT_TRUE(remove_package(place_, {"a", "1"}));
  EXPECT_THAT(first_error(R"({"resourceType":"Patient","meta":{"profile":["urn:p"]}})"),
              HasSubstr("is in no installed package"));
  EXPECT_FALSE(remove_package(place_, {"a", "1"}));
}

TEST_F(Installing, says_what_a_move_would_break) {
  add("old", R"({"name":"a","version":"1"})",
      {profile("urn:p", patient, sliced(0)), profile("urn:gone", patient, sliced(0))});
  add("new", R"({"name":"a","version":"2"})", {profile("urn:p", patient, sliced(1))});
  const auto packages = Packages::open(place_.core, place_.folder);
  ASSERT_TRUE(packages);
  const auto all =
      differences(*(*packages)->package({"a", "1"}), *(*packages)->package({"a", "2"}));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].english, "StructureDefinition is gone.");
  EXPECT_EQ(all[1].element, "Patient.identifier:local");
  EXPECT_EQ(all[1].english, "At least 1 instead of 0.");
}

}  // namespace
}  // namespace tasuki::fhir
