// Mappings that read records: delimited and fixed-width text, JSON, XML; and feeds proposed from
// samples.
#include <algorithm>
#include <fstream>

#include "intake/mapping/values.h"
#include "intake/propose/propose.h"
#include "json/print.h"
#include "trial/folder.h"

namespace tasuki::intake {
namespace {

const std::string rest =
    "use foundation\n-> Patient as patient ensure key ROW-patient\n  gender <- ROW-sex | table "
    "gender else "
    "\"unknown\"\n  birthDate <- ROW-birth : date\n"
    "each ROW\n  -> Observation as result key ROW-patient, ROW-code\n    status <- \"final\"\n    "
    "code <- "
    "ROW-code : CWE | map lab-items else publish-local\n    code.text <- ROW-item\n    subject <- "
    "ref patient\n"
    "    value[x] <- ROW-value : result unit ROW-unit else keep-text\n";

struct Case {
  std::string name, header, bytes;
};
class RecordMapping : public testing::TestWithParam<Case> {};
TEST_P(RecordMapping, makes_the_same_of_each_format) {
  const test::Folder folder("records");
  folder.write("lab.map", "mapping lab-list 1\n" + GetParam().header + rest);
  std::filesystem::copy_file(test::mappings_folder() / "foundation.map",
                             folder.path() / "foundation.map");
  const auto mappings = Mappings::load(folder.path(), test::definitions());
  ASSERT_TRUE(mappings) << mappings.error().location << mappings.error().message;
  ConvertSettings settings = test::hospital();
  settings.kind = "lab-list";
  const auto all = convert_all(GetParam().bytes, settings, **mappings);
  ASSERT_EQ(all.size(), 1u);
  const Converted& made = all.front();
  ASSERT_EQ(made.state, Converted::State::done) << made.reason;
  EXPECT_EQ(made.patient, "7");
  ASSERT_EQ(made.resources.size(), 2u);
  EXPECT_EQ(made.resources[0].resource.text_of("birthDate"), "1980-02-03");
  const std::string observation = json::print(made.resources[1].resource);
  EXPECT_NE(observation.find(R"("code":"17"}],"text":"総蛋白"})"), std::string::npos)
      << observation;
  EXPECT_NE(observation.find(R"("valueQuantity":{"value":7.20,"unit":"g/dL")"), std::string::npos)
      << observation;
  uint32_t listed = 0;
  for (const auto& field : made.coverage.not_carried)
    listed += field.count;
  EXPECT_EQ(made.coverage.carried + listed, made.coverage.fields);
}
const Case cases[] = {
    {"csv",
     "from csv lab-list\ncolumn patient \"患者ID\"\ncolumn sex \"性別\"\ncolumn birth "
     "\"生年月日\"\ncolumn code "
     "\"コード\"\ncolumn item \"項目\"\ncolumn value \"結果\"\ncolumn unit \"単位\"\n",
     "患者ID,性別,生年月日,コード,項目,結果,単位\n7,F,1980/2/3,17,総蛋白,7.20,g/dL\n"},
    {"tab_without_header",
     "from csv lab-list\nseparator tab\nheader no\ncolumn patient 1\ncolumn sex 2\ncolumn birth "
     "3\ncolumn code "
     "4\ncolumn item 5\ncolumn value 6\ncolumn unit 7\n",
     "7\tF\tS55.2.3\t17\t総蛋白\t7.20\tg/dL\n"},
    {"fixed",
     "from fixed lab-list\ncolumn patient 1 2\ncolumn sex 3 1\ncolumn birth 4 8\ncolumn code 12 "
     "2\ncolumn item 14 "
     "9\ncolumn value 23 4\ncolumn unit 27 4\n",
     "7 F1980020317総蛋白7.20g/dL\n"},
    {"json",
     "from json lab-list\nrows \"results\"\ncolumn patient \"$.patient.id\"\ncolumn sex "
     "\"$.patient.sex\"\ncolumn "
     "birth \"$.patient.birth\"\ncolumn code\ncolumn item\ncolumn value\ncolumn unit\n",
     R"({"patient":{"id":"7","sex":"F","birth":"1980-02-03"},"results":[{"code":"17","item":"総蛋白","value":7.20,"unit":"g/dL"}]})"},
    {"xml",
     "from xml lab-list\nrows \"report/result\"\ncolumn patient \"$/patient/@id\"\ncolumn sex "
     "\"$/patient/sex\"\ncolumn birth \"$/patient/birth\"\ncolumn code \"@code\"\ncolumn item "
     "\"name\"\ncolumn value "
     "\"value\"\ncolumn unit \"value/@unit\"\n",
     R"(<report><patient id="7"><sex>F</sex><birth>1980-02-03</birth></patient><result code="17"><name>総蛋白</name><value unit="g/dL">7.20</value></result></report>)"},
};
INSTANTIATE_TEST_SUITE_P(of_each_format, RecordMapping, testing::ValuesIn(cases),
                         [](const auto& row) { return row.param.name; });

class ProposedList : public testing::Test {
 protected:
  ProposedList() : folder_("proposed") {
    for (const auto& entry : std::filesystem::directory_iterator(test::mappings_folder()))
      if (entry.path().extension() == ".map")
        std::filesystem::copy_file(entry.path(), folder_.path() / entry.path().filename());
  }
  test::Folder folder_;
  const std::string list_ =
      "患者番号,患者氏名,性別,生年月日,項目コード,検査項目名,検査結果,単位,採取日,検査室備考\n"
      "7,試験 花子,F,1980/02/03,17,総蛋白,7.2,g/dL,2024/4/1,再検\n"
      "8,試験 太郎,M,1981/02/03,17,総蛋白,6.9,g/dL,2024/4/1,\n"
      ",名前 不明,M,1981/02/03,17,総蛋白,6.9,g/dL,2024/4/1,\n";
};

TEST_F(ProposedList, is_a_mapping_that_loads_and_carries_the_list) {
  const auto proposal = propose::propose({{"list.csv", list_}}, *test::mappings());
  ASSERT_TRUE(proposal) << proposal.error().message;
  EXPECT_EQ(proposal->format, "csv");
  EXPECT_NE(proposal->facts.back().find("検査室備考"), std::string::npos) << proposal->facts.back();
  folder_.write("lab-list.map", proposal->mapping);
  const auto mappings = Mappings::load(folder_.path(), test::definitions());
  ASSERT_TRUE(mappings) << mappings.error().location << mappings.error().message
                        << proposal->mapping;
  ConvertSettings settings = test::hospital();
  settings.kind = "lab-list";
  const auto all = convert_all(list_, settings, **mappings);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].state, Converted::State::done) << all[0].reason;
  EXPECT_EQ(all[1].patient, "8");
  EXPECT_EQ(all[2].state, Converted::State::held);  // a bad row does not lose the rest
  const auto& listed = all[0].coverage.not_carried;
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed.front().location, "検査室備考");
}

TEST(Proposed, hl7_feed_says_kinds_own_segments_and_missing_codes) {
  const std::string bytes =
      "MSH|^~\\&|LIS|1319999999|R|R|20240415||ORU^R01|1|P|2.5\rPID|||7||A^B\rOBR|1|A1||E01^X\rOBX|"
      "1|NM|17^TP^99L||7|"
      "g/dL|||||F\rZAB|1|独自\r";
  const auto proposal = propose::propose({{"a.hl7", bytes}}, *test::mappings());
  ASSERT_TRUE(proposal);
  EXPECT_EQ(proposal->format, "hl7v2");
  EXPECT_NE(proposal->settings.find("organisation = \"1319999999\""), std::string::npos);
  EXPECT_NE(proposal->mapping.find("segment ZAB 2"), std::string::npos) << proposal->mapping;
  EXPECT_TRUE(std::ranges::any_of(proposal->facts, [](const std::string& fact) {
    return fact.find("lab-items: 17 × 1") != std::string::npos;
  }));
}

TEST(Proposed, of_nothing_known_is_refused) {
  EXPECT_FALSE(propose::propose({{"a", "これは何でもない"}}, *test::mappings()));
}

TEST(Proposed, claims_and_images_are_read_by_what_is_shipped) {
  const auto claims = propose::propose(
      {{"RECEIPTC.UKE",
        "IR,1,13,1,1234567,,診療所,43105,00,\r\nRE,1,1112,43104,試験　花子,2,3550203,"
        ",,,,,,A-1\r\nHO,06139992,,,1,0\r\nGO,1,0,99\r\n"}},
      *test::mappings());
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->format, "uke");
  EXPECT_NE(claims->settings.find("organisation = \"1311234567\""), std::string::npos);
  EXPECT_NE(claims->settings.find("kind = \"medical-claims\""), std::string::npos);
  EXPECT_NE(claims->facts.front().find("1 messages: 1 done"), std::string::npos)
      << claims->facts.front();
  const auto pharmacy = propose::propose(
      {{"RECEIPTY.UKE",
        "YK,1,13,4,1234567,薬局,202405,00,\r\nRE,1,4112,202404,試験　花子,2,19800203" +
            std::string(29, ',') + "P-1\r\nHO,06139992,,,1,0\r\nGO,1,0,99\r\n"}},
      *test::mappings());
  ASSERT_TRUE(pharmacy);
  EXPECT_NE(pharmacy->settings.find("organisation = \"1341234567\""), std::string::npos);
  EXPECT_NE(pharmacy->settings.find("kind = \"pharmacy-claims\""), std::string::npos);
  EXPECT_NE(pharmacy->facts.front().find("1 messages: 1 done"), std::string::npos)
      << pharmacy->facts.front();
  std::ifstream file(test::mappings_folder() / "samples/image.dcm", std::ios::binary);
  const std::string image(std::istreambuf_iterator<char>(file), {});
  const auto images = propose::propose({{"1.dcm", image}}, *test::mappings());
  ASSERT_TRUE(images);
  EXPECT_NE(images->settings.find("kind = \"images\""), std::string::npos);
  EXPECT_NE(images->facts.front().find("1 messages: 1 done"), std::string::npos);
}

struct Written {
  std::string name, text, expected;
};
class WrittenMoment : public testing::TestWithParam<Written> {};
TEST_P(WrittenMoment, is_a_timestamp) {
  EXPECT_EQ(hl7_of_written(GetParam().text), GetParam().expected);
}
const Written moments[] = {
    {"slashes", "2024/4/1", "20240401"},
    {"with_a_clock", "2024/04/01 9:05", "202404010905"},
    {"iso", "2024-04-01T09:05:30+09:00", "20240401090530+0900"},
    {"utc", "2024-04-01T09:05:30Z", "20240401090530+0000"},
    {"wareki", "令和6年4月1日", "20240401"},
    {"hl7_stays", "202404010905", "202404010905"},
    {"a_word_stays", "不明", "不明"},
};
INSTANTIATE_TEST_SUITE_P(as_people_write, WrittenMoment, testing::ValuesIn(moments),
                         [](const auto& row) { return row.param.name; });

// receipt-uke.md 1: RE to RE is one claim, and the file's first record goes with each.
const std::string claims_begin = "IR,1,13,1,9999999,,レンケイ診療所,43105,00,\r\n";
std::string claim_of(const std::string& number, const std::string& patient) {
  return "RE," + number + ",1112,43104,試験　花子,2,3550203,,,,,,," + patient +
         "\r\nHO,06139992,１２,３４５,1,73\r\nSI,12,1,112007410,,73,1,,,,,,,,,,,,,,,,1\r\n";
}
std::vector<Converted> converted_claims(const std::string& bytes) {
  const auto mappings = Mappings::load(test::mappings_folder(), test::definitions());
  EXPECT_TRUE(mappings) << mappings.error().location << mappings.error().message;
  ConvertSettings settings = test::hospital();
  settings.kind = "medical-claims";
  auto all = convert_all(bytes, settings, **mappings);
  for (Converted& one : all)
    one.program = nullptr;  // it dies with the mappings
  return all;
}

TEST(ClaimsFile, is_cut_into_claims) {
  const auto all = converted_claims(claims_begin + claim_of("1", "A-1") + claim_of("2", "A-2") +
                                    "GO,2,146,99\r\n\x1A");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].patient, "A-1");
  EXPECT_EQ(all[1].patient, "A-2");
  for (const Converted& one : all) {
    EXPECT_EQ(one.state, Converted::State::done) << one.reason;
    EXPECT_TRUE(one.findings.empty()) << one.findings.front().message;
    EXPECT_EQ(one.coverage.not_carried.size(),
              static_cast<size_t>(
                  std::ranges::count(one.coverage.not_carried, true, &Coverage::Field::aside)));
  }
}

TEST(ClaimsFile, says_that_claims_are_missing_and_takes_the_others) {
  const auto all = converted_claims(claims_begin + claim_of("1", "A-1") + claim_of("2", "A-2") +
                                    "GO,3,219,99\r\n");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].state, Converted::State::done);
  EXPECT_EQ(all[1].state, Converted::State::done);
  EXPECT_EQ(all[2].state, Converted::State::held);
  EXPECT_EQ(all[2].reason_code, "claims.incomplete");
}

TEST(ClaimsFile, is_refused_where_a_line_names_no_record) {
  const auto all = converted_claims(claims_begin + "何か違うもの\r\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().state, Converted::State::refused);
  ASSERT_EQ(all.front().findings.size(), 1u);
  EXPECT_EQ(all.front().findings.front().location, "row 2");
}

TEST(ClaimsFile, says_where_an_item_stood) {
  const std::string bytes = claims_begin + claim_of("1", "A-1") + "SY,4660009,439,1\r\n";
  const auto all = converted_claims(bytes);
  ASSERT_EQ(all.size(), 1u);
  ASSERT_FALSE(all.front().findings.empty());
  const Finding& wrong = all.front().findings.front();
  EXPECT_EQ(wrong.location, "row 5, SY-2");
  EXPECT_EQ(bytes.substr(wrong.byte_begin, wrong.byte_end - wrong.byte_begin), "439");
}

}  // namespace
}  // namespace tasuki::intake
