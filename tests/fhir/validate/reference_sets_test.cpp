// The validator against what others published: the official examples, JP Core's, and HL7's
// validator cases.
#include "fhir/validate/validate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "json/parse.h"

namespace tasuki::fhir {
namespace {

using Path = std::filesystem::path;

const Path reference_folder = TASUKI_REFERENCE_FOLDER;

std::string read(const Path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

std::vector<Path> json_files(const Path& folder) {
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string first_words(const std::vector<Finding>& findings) {
  return findings.empty() ? "" : findings.front().location + ": " + findings.front().message;
}

// File name -> the first finding, of those that are not valid. Files that are no resource are left
// out.
std::map<std::string, std::string> invalid_in(const Path& folder, size_t& count) {
  std::map<std::string, std::string> invalid;
  for (const Path& file : json_files(folder)) {
    const auto document = json::parse(read(file));
    if (!document || document->root.text_of("resourceType").empty()) continue;
    ++count;
    const std::string words = first_words(validate(r4(), document->root));
    if (!words.empty()) invalid[file.filename()] = words;
  }
  return invalid;
}

TEST(OfficialExamples, are_valid_but_for_four) {
  const Path folder = reference_folder / "fhir-examples-r4";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "fhir-examples-r4";
  size_t count = 0;
  const std::map<std::string, std::string> wrong = {
      {"DeviceMetric-example.json",
       "DeviceMetric.parent.reference: A reference to DeviceDefinition is not allowed here, only "
       "to Device."},
      {"DeviceUseStatement-example.json",
       "DeviceUseStatement.reasonReference[0].reference: A reference to Procedure is not allowed "
       "here, only to "
       "Condition, Observation, DiagnosticReport, DocumentReference, Media."},
      {"Observation-clinical-gender.json",
       "Observation.performer[0].reference: A reference to Encounter is not allowed here, only to "
       "Practitioner, "
       "PractitionerRole, Organization, CareTeam, Patient, RelatedPerson."},
      {"Questionnaire-qs1.json",
       "Questionnaire.item[0].item[0]: \"linkId\" is missing; Questionnaire.item needs it."},
  };
  EXPECT_EQ(invalid_in(folder, count), wrong);
  EXPECT_EQ(count, 536u);
}

// JP Core's PlanDefinition example carries contained resources two deep, which dom-2 forbids.
TEST(JapaneseExamples, are_valid_but_for_one) {
  const Path folder = reference_folder / "jp" / "examples";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "jp/examples";
  size_t count = 0;
  const auto invalid = invalid_in(folder, count);
  EXPECT_GT(count, 250u);
  ASSERT_EQ(invalid.size(), 1u);
  EXPECT_EQ(invalid.begin()->second,
            "PlanDefinition.contained[0]: A contained resource must not contain resources itself "
            "(dom-2).");
}

// HL7's cases that have a verdict for base R4. What is not the structure's business is named here
// with its reason.
const std::map<std::string, std::string> not_ours = {
    {"allergy",
     "a code that is only a data-absent-reason: the reference validator wants a code all the same"},
    {"supplement-2", "rule about code system supplements"},
    {"pat-security-bad-string", "only with the option security-checks"},
    {"contained-resource-bad-id-ignore", "an option turns the check of ids off"},
    {"vs-canonical-bad", "canonical addresses must be absolute: resolution"},
    {"vs-canonical-urn", "rule about ValueSet.compose"},
    {"vs-canonical-urn-bad", "rule about ValueSet.compose"},
    {"vs-bad-props", "rule about ValueSet filters"},
    {"vs-params-3", "an expression inside an extension"},
    {"vs-params-4", "an expression inside an extension"},
    {"vs-bad-ecl", "an expression of SNOMED CT"},
    {"vs-bad-ecl-us", "an expression of SNOMED CT"},
    {"vs-filter-property-bad2", "rule about ValueSet filters"},
    {"cs-filter-bad", "code of an instance's own code system"},
    {"supplement-1a", "code of an instance's own code system"},
    {"mni-patientOverview-bundle-example1b", "duplicate ids inside a resource"},
    {"fixed-quantity-binding-observation", "profile"},
    {"contract-binding-test", "code in an extensible binding"},
    {"ai5", "profile"},
    {"cm", "profile"},
    {"bundle-enrl", "a Reference.type in lower case, which Japanese samples have too"},
};

bool is_structural(const json::Value& issue) {
  static const std::set<std::string_view> classes = {"structure", "cardinality", "primitive",
                                                     "terminology", "syntax"};
  const std::string_view severity = issue.text_of("severity");
  return (severity == "error" || severity == "fatal") && classes.contains(issue.text_of("class"));
}

// "valid", "invalid", or empty where the case is not about structure.
std::string expected_verdict(const json::Value& base) {
  const std::string_view verdict = base.text_of("verdict");
  if (verdict == "valid") return "valid";
  if (verdict != "invalid" || base.find("issues") == nullptr) return "";
  return std::ranges::any_of(base.find("issues")->items(), is_structural) ? "invalid" : "";
}

TEST(ValidatorCases, agree_on_structure) {
  const Path folder = reference_folder / "validator-r4";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "validator-r4";
  const auto manifest = json::parse(read(folder / "manifest.json"));
  ASSERT_TRUE(manifest);
  std::map<std::string, int> judged;
  for (const json::Value& one : manifest->root.items()) {
    const std::string file(one.text_of("file"));
    const std::string id(one.text_of("id"));
    const std::string expected = expected_verdict(*one.find("base"));
    if (!file.ends_with(".json") || expected.empty() || not_ours.contains(id)) continue;
    const auto document = json::parse(read(folder / "files" / file));
    const std::string words =
        document ? first_words(validate(r4(), document->root)) : document.error().message;
    EXPECT_EQ(words.empty() ? "valid" : "invalid", expected) << id << ": " << words;
    ++judged[expected];
  }
  EXPECT_GE(judged["valid"], 40);
  EXPECT_GE(judged["invalid"], 20);
}

}  // namespace
}  // namespace tasuki::fhir
