// What a mapping is refused for, and that the refusal says where and what would be right.
#include "intake/mapping/compile.h"

#include "fixture.h"

namespace tasuki::intake {
namespace {

struct Case {
  std::string name;
  std::string body;     // below a header that is right
  std::string refusal;  // part of the message; empty: accepted
  std::string place;
};

std::unique_ptr<const Table> table(std::string name,
                                   std::initializer_list<std::pair<const std::string, Row>> rows) {
  auto made = std::make_unique<Table>();
  made->name = std::move(name);
  made->rows.insert(rows.begin(), rows.end());
  return made;
}

Result<Program> compiled(const std::string& body) {
  Tables tables;
  tables["gender"] = table("gender", {{"M", {.to = "male", .system = {}, .display = {}}},
                                      {"F", {.to = "female", .system = {}, .display = {}}}});
  tables["wrong"] = table("wrong", {{"M", {.to = "masculine", .system = {}, .display = {}}}});
  const auto definitions = test::definitions();
  const Library library{
      .definitions = definitions.get(),
      .tables = &tables,
      .text_of = [](std::string_view name) -> Result<std::string> {
        return Error{Error::Kind::not_found, "There is no library " + std::string(name) + ".", {}};
      }};
  return compile("test.map",
                 "mapping test 1\nfrom hl7v2 ADT^A08\nsystem act = \"http://act\"\n" + body,
                 library);
}

const std::string patient = "-> Patient as patient key PID-3.1\n";

const Case cases[] = {
    {"a_name_by_its_data_type", patient + "  name <- each PID-5 : XPN\n", "", ""},
    {"an_element_that_does_not_exist", patient + "  brithDate <- PID-7 : TS\n",
     "the nearest is 'birthDate'", "line 5 of test.map"},
    {"a_resource_type_that_does_not_exist", "-> Patent as p key PID-3.1\n",
     "the nearest is 'Patient'", "line 4 of test.map"},
    {"a_text_where_a_date_belongs", patient + "  birthDate <- PID-7\n",
     "birthDate is a date, but the right side makes a text", "line 5 of test.map"},
    {"an_address_where_a_name_belongs", patient + "  name <- PID-5 : XAD\n", "makes an address",
     "line 5 of test.map"},
    {"a_resource_without_key", "-> Patient as patient\n", "needs a `key`", "line 4 of test.map"},
    {"a_look_up_without_else", patient + "  gender <- PID-8 | table gender\n", "has no `else`",
     "line 5 of test.map"},
    {"a_table_that_is_not_there", patient + "  gender <- PID-8 | table genders else \"unknown\"\n",
     "the nearest is 'gender'", "line 5 of test.map"},
    {"a_code_outside_its_value_set", patient + "  gender <- PID-8 | table wrong else \"unknown\"\n",
     "'masculine' is not a code", "line 5 of test.map"},
    {"a_literal_code_outside_its_value_set", patient + "  gender <- \"hombre\"\n",
     "'hombre' is not a code", "line 5 of test.map"},
    {"an_else_code_outside_its_value_set",
     patient + "  gender <- PID-8 | table gender else \"?\"\n", "'?' is not a code",
     "line 5 of test.map"},
    {"a_required_element_without_a_line",
     "-> Observation as o key PID-3.1\n  status <- \"final\"\n", "Observation.code is required",
     "line 4 of test.map"},
    {"a_segment_that_is_not_known", patient + "  birthDate <- XYZ-7 : TS\n",
     "'XYZ' is not a segment", "line 5 of test.map"},
    {"a_field_beyond_the_segment", patient + "  birthDate <- PID-70 : TS\n", "PID has 40 fields",
     "line 5 of test.map"},
    {"a_part_outside_a_repetition", patient + "  id <- .1\n", "no `each SEG-n` is around it",
     "line 5 of test.map"},
    {"a_repeating_element_inside_a_path", patient + "  name.family <- PID-5.1\n",
     "write it as a block", "line 5 of test.map"},
    {"each_where_the_element_stands_once", patient + "  maritalStatus <- each PID-16 : CWE\n",
     "stands only once", "line 5 of test.map"},
    {"a_reference_to_an_unnamed_resource", patient + "  managingOrganization <- ref hospital\n",
     "No resource above is named 'hospital'", "line 5 of test.map"},
    {"a_reference_to_a_type_not_allowed",
     patient + "-> Encounter as visit key PV1-19\n  status <- \"planned\"\n  class <- act#IMP\n  "
               "subject <- ref patient\n  serviceProvider <- ref patient\n",
     "may not refer to a Patient", "line 9 of test.map"},
    {"a_code_system_without_a_line", patient + "  maritalStatus <- marital#M\n", "`system marital",
     "line 5 of test.map"},
    {"a_conversion_that_is_not_known", patient + "  birthDate <- PID-7 : TSX\n", "known are: TS",
     "line 5 of test.map"},
    {"a_policy_that_is_not_known", patient + "  gender <- PID-8 | table gender else ignore\n",
     "`else ignore` is not known", "line 5 of test.map"},
    {"a_block_by_one_blank", patient + " active <- true\n", "two blanks a level",
     "line 5 of test.map"},
    {"a_text_that_is_not_closed", patient + "  language <- \"ja\n", "not closed",
     "line 5 of test.map"},
    {"a_library_that_is_not_there", "use nothing\n", "There is no library nothing", ""},
    {"a_line_outside_any_resource", "gender <- PID-8\n", "Outside a resource",
     "line 4 of test.map"},
};

class Mapping : public testing::TestWithParam<Case> {};

TEST_P(Mapping, is_refused_with_line_and_reason_or_accepted) {
  const auto program = compiled(GetParam().body);
  const std::string message = program ? "" : program.error().message;
  EXPECT_NE(message.find(GetParam().refusal), std::string::npos) << message;
  EXPECT_EQ(program.has_value(), GetParam().refusal.empty()) << message;
  EXPECT_EQ(program || GetParam().place.empty() ? GetParam().place : program.error().location,
            GetParam().place);
}

INSTANTIATE_TEST_SUITE_P(language, Mapping, testing::ValuesIn(cases),
                         [](const auto& row) { return row.param.name; });

TEST(Mappings, as_shipped_compile) {
  EXPECT_GE(test::mappings()->programs().size(), 10u);
}

TEST(Tables, a_code_that_stands_twice_is_refused) {
  EXPECT_EQ(read_table("t", "from,to\nA,1\nA,2\n").error().location, "line 3 of tables/t.csv");
}

}  // namespace
}  // namespace tasuki::intake
