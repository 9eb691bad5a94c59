// Samples beside a mapping, all refusals of a folder, two versions compared, and a reload.
#include <algorithm>

#include "folder.h"
#include "intake/trial/reload.h"
#include "intake/trial/versions.h"
#include "json/parse.h"

namespace tasuki::intake::trial {
namespace {

const std::string head =
    "mapping people 1\nfrom hl7v2 ADT^A08\n-> Patient as patient key PID-3.1\n";
const std::string sample =
    "tests:\n  sample \"one\"\n    text \"MSH|^~\\&|A|B|C|D|20240101||ADT^A08|1|P|2.5\"\n"
    "    text \"PID|||7||試験^花子||19800203|F\"\n";
const std::string message =
    "MSH|^~\\&|A|B|C|D|20240101||ADT^A08|1|P|2.5\rPID|||7||A^B||19800203|F\r";

struct Sample {
  std::string name, expectation, problem;  // no problem: it holds
};
class Samples : public testing::TestWithParam<Sample> {};
TEST_P(Samples, hold_or_say_what_became_of_them) {
  const test::Folder folder("samples");
  folder.write("people.map", head + "  birthDate <- PID-7 : TS\n" + sample + "    " +
                                 GetParam().expectation + "\n");
  folder.write("expected.json",
               R"({"entry":[{"resource":{"resourceType":"Patient","birthDate":"1980-02-04"}}]})");
  const auto mappings = Mappings::load(folder.path(), test::definitions());
  ASSERT_TRUE(mappings) << mappings.error().message;
  const auto problems = run_examples(**mappings, *(*mappings)->programs().front());
  ASSERT_EQ(problems.empty(), GetParam().problem.empty());
  if (!problems.empty()) {
    EXPECT_NE(problems.front().message.find(GetParam().problem), std::string::npos)
        << problems.front().message;
    EXPECT_TRUE(problems.front().place.ends_with("of people.map")) << problems.front().place;
  }
}
const Sample samples[] = {
    {"a_path_that_holds", "expect Patient \"birthDate = @1980-02-03\"", ""},
    {"a_path_that_does_not", "expect Patient \"birthDate = @1980-02-04\"", "meet 'birthDate"},
    {"a_count_that_differs", "expect 2 Patient", "wanted: 2"},
    {"nothing_of_a_type", "expect no Observation", ""},
    {"something_where_nothing_belongs", "expect no Patient", "wanted: 0"},
    {"a_path_that_is_wrong", "expect Patient \"birthDate = \"", "FHIRPath"},
    {"another_state", "state held", "should be held"},
    {"an_element_of_the_expected_bundle", "expected \"expected.json\"",
     "Patient.birthDate should be \"1980-02-04\" and is \"1980-02-03\""},
    {"a_file_that_is_not_there", "expected \"nothing.json\"", "cannot be read"},
    {"a_finding_that_is_not_there", "finding \"quantity.dose-total\"", "no finding"},
};
INSTANTIATE_TEST_SUITE_P(beside_a_mapping, Samples, testing::ValuesIn(samples),
                         [](const auto& row) { return row.param.name; });

TEST(Samples, of_the_shipped_mappings_hold) {
  for (const auto& program : test::mappings()->programs()) {
    EXPECT_FALSE(program->examples.empty()) << program->file;
    for (const Problem& problem : run_examples(*test::mappings(), *program))
      ADD_FAILURE() << problem.place << ": " << problem.message;
  }
}

TEST(Folder, says_everything_that_is_wrong_at_once) {
  const test::Folder folder("problems");
  folder.write("a.map", head +
                            "  brithDate <- PID-7 : TS\n  gender <- PID-8 | table gender\n"
                            "-> Patent as other key PID-3.1\n"
                            "-> Encounter as visit key PV1-19\n  status <- \"planned\"\n"
                            "  class <- act#IMP\n  subject <- ref other\n");
  folder.write("b.map", "mapping b 1\nfrom hl7v2 ADT^A31\nuse nothing\n");
  folder.write("tables/gender.csv", "to\nmale\n");
  const auto problems = Mappings::problems(folder.path(), test::definitions());
  std::vector<std::string> places;
  for (const Error& problem : problems)
    places.push_back(problem.location);
  EXPECT_EQ(places, (std::vector<std::string>{"line 1 of tables/gender.csv", "line 4 of a.map",
                                              "line 5 of a.map", "line 6 of a.map",
                                              "line 9 of a.map", "nothing.map"}));
  for (const Error& problem : problems)
    EXPECT_NE(problem.message.find("/ "), std::string::npos) << problem.message;
}

TEST(Versions, differ_element_by_element) {
  const test::Folder before("before"), after("after");
  before.write("people.map", head + "  birthDate <- PID-7 : TS\n");
  after.write("people.map", head + "  gender <- PID-8 | table gender else \"unknown\"\n");
  const auto left = Mappings::load(before.path(), test::definitions()),
             right = Mappings::load(after.path(), test::definitions());
  ASSERT_TRUE(left && right);
  Comparison comparison;
  compare("one.hl7", message, test::hospital(), **left, **right, comparison);
  ASSERT_EQ(comparison.changes.size(), 1u);
  EXPECT_EQ(comparison.changes.front().differences,
            (std::vector<Difference>{{"Patient.birthDate", "\"1980-02-03\"", ""},
                                     {"Patient.gender", "", "\"female\""}}));
  EXPECT_EQ(comparison.by_element().at("Patient.gender"), 1u);
}

TEST(Versions, that_make_the_same_have_no_difference) {
  Comparison comparison;
  compare("one.hl7", message, test::hospital(), *test::mappings(), *test::mappings(), comparison);
  EXPECT_EQ(comparison.same, 1u);
}

TEST(Difference, an_item_put_in_front_leaves_the_others_alone) {
  const auto before = json::parse(R"({"resourceType":"X","a":[{"b":1},{"b":2}]})"),
             after = json::parse(R"({"resourceType":"X","a":[{"b":3},{"b":1},{"b":2}]})");
  EXPECT_EQ(differences(before->root, after->root),
            (std::vector<Difference>{{"X.a[0].b", "", "3"}}));
  EXPECT_TRUE(missing(before->root, after->root).empty());
}

class Reloading : public testing::Test {
 protected:
  Reloading() : folder_("reload") {
    write("1", "  birthDate <- PID-7 : TS\n");
    current_.emplace(*Mappings::load(folder_.path(), test::definitions()));
    reloader_.emplace(*current_);
  }
  void write(const std::string& version, const std::string& body) const {
    folder_.write("people.map", "mapping people " + version +
                                    "\nfrom hl7v2 ADT^A08\n-> Patient as patient key PID-3.1\n" +
                                    body + sample + "    expect Patient \"birthDate.exists()\"\n");
  }
  std::string version() const { return current_->get()->programs().front()->version; }

  test::Folder folder_;
  std::optional<CurrentMappings> current_;
  std::optional<Reloader> reloader_;
};

TEST_F(Reloading, takes_a_new_version) {
  write("2", "  birthDate <- PID-7 : TS\n  gender <- \"female\"\n");
  const Reload reload = reloader_->reload();
  EXPECT_TRUE(reload.changed);
  EXPECT_EQ(reload.mappings, std::vector<std::string>{"people 1 -> 2"});
  EXPECT_EQ(version(), "2");
}

TEST_F(Reloading, refuses_another_text_under_the_same_version) {
  write("1", "  birthDate <- PID-7 : TS\n  gender <- \"female\"\n");
  const Reload reload = reloader_->reload();
  EXPECT_FALSE(reload.changed);
  ASSERT_EQ(reload.problems.size(), 1u);
  EXPECT_NE(reload.problems.front().message.find("raise it"), std::string::npos);
}

TEST_F(Reloading, refuses_a_version_whose_sample_fails_and_keeps_the_old) {
  write("2", "  gender <- \"female\"\n");
  const Reload reload = reloader_->reload();
  EXPECT_FALSE(reload.changed);
  EXPECT_EQ(reloader_->last().problems.size(), 1u);
  EXPECT_EQ(version(), "1");
}

TEST_F(Reloading, refuses_a_wrong_line_and_keeps_the_old) {
  write("2", "  brithDate <- PID-7 : TS\n");
  EXPECT_EQ(reloader_->reload().problems.size(), 1u);
  EXPECT_EQ(version(), "1");
}

TEST_F(Reloading, looks_at_the_files_first) {
  reloader_->reload_if_written();
  write("2", "  birthDate <- PID-7 : TS\n  gender <- \"female\"\n");
  EXPECT_TRUE(reloader_->reload_if_written().changed);
  EXPECT_FALSE(reloader_->reload_if_written().changed);
}

TEST(Trace, names_the_whole_path_its_line_and_its_bytes) {
  ConvertSettings settings = test::hospital();
  settings.explains = true;
  const std::string bytes = test::bytes_of(std::filesystem::path(TASUKI_TESTS_FOLDER) /
                                           "intake/golden/prescription_of_the_guide/input.hl7");
  const Converted made = convert(bytes, settings, *test::mappings());
  const auto found = std::ranges::find(
      made.traces, "dosageInstruction[0].doseAndRate[0].doseQuantity", &Trace::path);
  ASSERT_NE(found, made.traces.end());
  EXPECT_EQ(found->location, "RXE-3");
  EXPECT_EQ(bytes.substr(found->byte_begin, found->byte_end - found->byte_begin), "2");
  EXPECT_TRUE(place_of(*made.program, found->line).ends_with("prescriptions.map"));
  const auto name = std::ranges::find(made.traces, "name[1]", &Trace::path);
  ASSERT_NE(name, made.traces.end());
  EXPECT_TRUE(place_of(*made.program, name->line).ends_with("foundation.map"));
}

}  // namespace
}  // namespace tasuki::intake::trial
