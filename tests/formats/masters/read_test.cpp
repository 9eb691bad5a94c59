#include "formats/masters/read.h"

#include <gtest/gtest.h>

#include "formats/masters/rows.h"

namespace tasuki::formats::masters {
namespace {

// Files in the publishers' layouts, made up; CP932 as they are distributed.
std::string cp932(std::string_view text) {
  return encode(text, Charset::cp932, {.vendor_characters = true}).bytes;
}

std::string row(size_t columns, const std::vector<std::pair<size_t, std::string>>& cells) {
  std::vector<std::string> all(columns, "0");
  for (const auto& [place, text] : cells)
    all[place] = text;
  std::string line;
  for (const std::string& cell : all)
    line += (line.empty() ? "\"" : ",\"") + cell + "\"";
  return line + "\r\n";
}

struct Seen {
  std::vector<std::string> codes;
  Counts counts;
};

Seen read_all(const std::string& bytes, size_t target = 0) {
  const auto master = Master::open(bytes);
  EXPECT_TRUE(master) << master.error().message;
  if (!master) return {};
  const auto targets = master->targets();
  EXPECT_GT(targets.size(), target);
  if (targets.size() <= target) return {};
  Seen seen;
  const auto counts = master->read(*targets[target], [&](const Code& code) {
    std::string text = std::string(code.code) + " " + std::string(code.display);
    if (!code.kana.empty()) text += " " + std::string(code.kana);
    if (!code.since.empty()) text += " from " + std::string(code.since);
    if (!code.until.empty()) text += " to " + std::string(code.until);
    for (const auto& [name, value] : code.fields)
      text += " " + std::string(name) + "=" + std::string(value);
    seen.codes.push_back(text);
    return true;
  });
  EXPECT_TRUE(counts);
  seen.counts = counts.value_or(Counts{});
  return seen;
}

const std::string disease = row(46, {{1, "B"},
                                     {2, "8830001"},
                                     {3, "8830001"},
                                     {5, "架空病"},
                                     {9, "カクウビョウ"},
                                     {10, "20099999"},
                                     {12, "ZZ99"},
                                     {15, "A999"},
                                     {16, ""},
                                     {22, "20200401"},
                                     {23, "99999999"}}) +
                            row(46, {{1, "B"},
                                     {2, "8830002"},
                                     {5, "もう使わない病、表記"},
                                     {9, "モウ"},
                                     {10, "20099998"},
                                     {12, ""},
                                     {15, "A998"},
                                     {16, ""},
                                     {22, "20100101"},
                                     {23, "20211231"}});

TEST(Masters, diseases_by_receipt_code) {
  const Seen seen = read_all(cp932(disease));
  ASSERT_EQ(seen.codes.size(), 2u);
  EXPECT_EQ(seen.codes[0],
            "8830001 架空病 カクウビョウ from 2020-04-01 icd10=A999 successor=8830001 "
            "key-number=20099999 exchange-code=ZZ99");
  EXPECT_TRUE(seen.codes[1].contains(" to 2021-12-31")) << seen.codes[1];
}

TEST(Masters, one_file_holds_several_systems) {
  EXPECT_TRUE(read_all(cp932(disease), 1).codes[0].starts_with("20099999 架空病"));
  const Seen exchange = read_all(cp932(disease), 2);
  EXPECT_EQ(exchange.codes.size(), 1u);
  EXPECT_EQ(exchange.counts.without_code, 1u);
}

TEST(Masters, utf8_is_read_too) {
  EXPECT_EQ(read_all(disease).codes.size(), 2u);
  EXPECT_EQ(read_all("\xef\xbb\xbf" + disease).codes.size(), 2u);
}

TEST(Masters, hot_files_by_the_length_of_their_number) {
  const std::string header =
      "\"基準番号（ＨＯＴ番号）\",\"処方用番号（ＨＯＴ７）\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\","
      "\"i\","
      "\"j\",\"告示名称\",\"販売名\",\"m\",\"n\",\"o\",\"p\",\"q\",\"r\",\"s\",\"t\",\"u\",\"v\","
      "\"更新区分\","
      "\"更新年月日\"\r\n";
  const std::string line = row(24, {{0, "199999901"},
                                    {1, "1999999"},
                                    {7, "9999999F1019"},
                                    {10, "架空錠"},
                                    {11, ""},
                                    {13, "１ｍｇ"},
                                    {19, "内"},
                                    {22, "1"},
                                    {23, "20260401"}});
  const auto bytes = cp932(header + line);
  const auto master = Master::open(bytes);
  ASSERT_TRUE(master);
  EXPECT_EQ(master->layout().name, "medicine-hot");
  EXPECT_EQ(master->newest_date(), "20260401");
  EXPECT_TRUE(read_all(bytes, 0).codes.empty());  // no HOT13
  EXPECT_TRUE(read_all(bytes, 1).codes[0].starts_with("199999901 架空錠"));
  EXPECT_TRUE(read_all(bytes, 3).codes[0].starts_with("9999999F1019 架空錠"));
}

TEST(Masters, layouts_by_their_header) {
  const auto usage =
      read_all("用法コード,用法名称,カナ\n1013044400000000,1日3回毎食後,マイショクゴ\n");
  ASSERT_EQ(usage.codes.size(), 1u);
  EXPECT_EQ(usage.codes[0], "1013044400000000 1日3回毎食後 マイショクゴ");
  EXPECT_EQ(read_all("JLAC10コード,名称,単位\n3B035000002327201,AST,U/L\n").codes.size(), 1u);
  EXPECT_EQ(read_all("項目コード,項目名,単位\n9N001000000000001,身長,cm\n").codes.size(), 1u);
}

TEST(Masters, medis_disease_table_by_its_shape) {
  const auto seen = read_all(cp932(row(12, {{0, "0"},
                                            {1, "20099999"},
                                            {2, "架空病"},
                                            {3, "カクウビョウ"},
                                            {4, "1"},
                                            {5, "ZZ99"},
                                            {6, "A999"}})));
  ASSERT_EQ(seen.codes.size(), 1u);
  EXPECT_TRUE(seen.codes[0].starts_with("20099999 架空病"));
}

TEST(Masters, what_is_no_master_is_refused_and_the_known_ones_named) {
  const auto refused = Master::open("a,b,c\n1,2,3\n");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("傷病名マスター"));
  EXPECT_FALSE(Master::open(""));
}

struct RowCase {
  const char *name, *bytes;
  std::vector<std::string> fields;  // of the first row; empty: refused
};
class RowsOf : public testing::TestWithParam<RowCase> {};
const RowCase row_cases[] = {
    {"plain", "a,b,c\r\nd", {"a", "b", "c"}},
    {"quoted_comma", "\"a,b\",c", {"a,b", "c"}},
    {"doubled_quote", "\"a\"\"b\",c", {"a\"b", "c"}},
    {"line_end_in_quotes", "\"a\nb\",c\n", {"a\nb", "c"}},
    {"empty_fields", ",,\n", {"", "", ""}},
    {"open_quote", "\"a,b", {}},
};
TEST_P(RowsOf, splits) {
  Rows rows(GetParam().bytes);
  std::vector<std::string_view> fields;
  const auto more = rows.next(fields);
  ASSERT_EQ(more.has_value(), !GetParam().fields.empty());
  EXPECT_EQ(std::vector<std::string>(fields.begin(), fields.end()).size() * more.has_value(),
            GetParam().fields.size());
  for (size_t i = 0; i < GetParam().fields.size(); ++i)
    EXPECT_EQ(fields[i], GetParam().fields[i]);
}
INSTANTIATE_TEST_SUITE_P(Masters, RowsOf, testing::ValuesIn(row_cases),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace tasuki::formats::masters
