#include "formats/ssmix2/path.h"

#include <gtest/gtest.h>

#include "formats/ssmix2/kinds.h"

namespace tasuki::ssmix2 {
namespace {

const std::string laboratory = "0123456789_20240401_OML-11_000000000012345_20240402091530123_01_1";

TEST(FileName, says_what_the_file_is) {
  const auto name = *parse_file_name(laboratory);
  EXPECT_EQ(name.key, (Key{"0123456789", "20240401", "OML-11", "000000000012345"}));
  EXPECT_EQ(name.made_at, "20240402091530123");
  EXPECT_EQ(name.department, "01");
  EXPECT_EQ(name.flag, Flag::current);
  EXPECT_EQ(print(name), laboratory);
  EXPECT_EQ(path_of(name), "012/345/0123456789/20240401/OML-11/" + laboratory);
  EXPECT_EQ(text_of(name.key), "0123456789|20240401|OML-11|000000000012345");
}

struct Case {
  const char* name;
  std::string text, expected;
};
auto name_of = [](const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
};

class FileNameRefused : public testing::TestWithParam<Case> {};
TEST_P(FileNameRefused, names_the_part) {
  const auto name = parse_file_name(GetParam().text);
  ASSERT_FALSE(name.has_value());
  EXPECT_EQ(name.error().location, GetParam().expected);
}
const Case refusals[] = {
    {"empty", "", "ファイル名"},
    {"too_few_parts", "1_20240401_OML-11_1_20240402091530123_1", "ファイル名"},
    {"no_patient", "_20240401_OML-11_1_20240402091530123_01_1", "患者ID"},
    {"dots_for_a_patient", ".._20240401_OML-11_1_20240402091530123_01_1", "患者ID"},
    {"patient_too_long", "1234567890123456_20240401_OML-11_1_20240402091530123_01_1", "患者ID"},
    {"impossible_date", "1_20240230_OML-11_1_20240402091530123_01_1", "診療日"},
    {"unknown_kind", "1_20240401_OML-99_1_20240402091530123_01_1", "データ種別"},
    {"dated_kind_without_date", "1_-_OML-11_1_20240402091530123_01_1", "診療日"},
    {"dateless_kind_with_date", "1_20240401_ADT-00_1_20240402091530123_01_1", "診療日"},
    {"no_order", "1_20240401_OML-11__20240402091530123_01_1", "オーダNo"},
    {"bad_time", "1_20240401_OML-11_1_2024040225_01_1", "発生日時"},
    {"bad_department", "1_20240401_OML-11_1_20240402091530123_010101_1", "診療科"},
    {"bad_flag", "1_20240401_OML-11_1_20240402091530123_01_3", "コンディションフラグ"},
};
INSTANTIATE_TEST_SUITE_P(Ssmix2, FileNameRefused, testing::ValuesIn(refusals), name_of);

TEST(FileNameRefused, tells_the_nearest_kind) {
  EXPECT_NE(
      parse_file_name("1_20240401_OML-19_1_20240402091530123_01_1").error().message.find("OML-11"),
      std::string::npos);
}

class Paths : public testing::TestWithParam<Case> {};
TEST_P(Paths, agree_with_the_file_name) {
  std::string found;
  for (const auto& one : check_path(GetParam().text + laboratory, *parse_file_name(laboratory)))
    found += one.location + " ";
  EXPECT_EQ(found, GetParam().expected);
}
const Case paths[] = {
    {"right", "012/345/0123456789/20240401/OML-11/", ""},
    {"split_differently", "0/1/0123456789/20240401/OML-11/", ""},
    {"other_patient", "012/345/0123456780/20240401/OML-11/", "患者ID "},
    {"other_date", "012/345/0123456789/20240402/OML-11/", "診療日 "},
    {"other_kind", "012/345/0123456789/20240401/OML-01/", "データ種別 "},
    {"flat", "", "フォルダ "},
};
INSTANTIATE_TEST_SUITE_P(Ssmix2, Paths, testing::ValuesIn(paths), name_of);

TEST(ContentFolder, is_read_from_both_ends) {
  const auto without = *parse_content_folder(
      "0123456789_20160101_L-OBSERVATIONS^OBSERVATIONS^99ZL01_000000020160101_201601011500321_1");
  EXPECT_EQ(without.key, (Key{"0123456789", "20160101", "L-OBSERVATIONS^OBSERVATIONS^99ZL01",
                              "000000020160101"}));
  EXPECT_EQ(without.made_at, "201601011500321");
  EXPECT_EQ(without.department, "-");
  const auto with = *parse_content_folder(
      "1_20160101_A_B^記録^99X^11506-3^経過記録^LN_KEY_20160101150032123_01_2");
  EXPECT_EQ(with.key.kind, "A_B^記録^99X^11506-3^経過記録^LN");
  EXPECT_EQ(with.key.order, "KEY");
  EXPECT_EQ(with.department, "01");
  EXPECT_EQ(with.flag, Flag::superseded);
  const auto kind = parse_extended_kind(with.key.kind);
  EXPECT_EQ(kind.standard_code, "11506-3");
  EXPECT_EQ(kind.standard_system, "LN");
  EXPECT_FALSE(parse_content_folder("1_20160101_A_1").has_value());
  EXPECT_FALSE(parse_content_folder("1_20160101_A_B_C_D_1").has_value());
}

TEST(Transactions, are_cut_at_their_header_lines) {
  const std::string file =
      "#SSMIX,2.00,1310000019,1,20240401,OML-11,5,INS,01,20240402091530123\rMSH|a\rPID|#SSMIX,\r\n"
      "#SSMIX,2.00,1310000019,1,20240401,OML-11,5,DEL,01,20240403091530123\rMSH|b\r";
  const auto records = split_transactions(file);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].message, "MSH|a\rPID|#SSMIX,\r\n");
  EXPECT_EQ(records[1].message, "MSH|b\r");
  const auto header = *parse_transaction_header(records[1].header);
  EXPECT_TRUE(header.is_delete);
  EXPECT_EQ(header.facility, "1310000019");
  EXPECT_EQ(header.key, (Key{"1", "20240401", "OML-11", "5"}));
  EXPECT_FALSE(parse_transaction_header("#SSMIX,2.00,1").has_value());
  EXPECT_TRUE(split_transactions("").empty());
}

TEST(Kinds, are_the_26_of_the_standard) {
  EXPECT_EQ(kinds().size(), 26u);
  EXPECT_EQ(kind_of("OML-11")->care_date, "SPM-17");
  EXPECT_EQ(kind_of("ADT-22")->cancel, "ADT^A11");
  EXPECT_EQ(kind_of("QQQ"), nullptr);
}

}  // namespace
}  // namespace tasuki::ssmix2
