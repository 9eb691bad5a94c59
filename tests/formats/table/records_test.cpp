// Records of any format as rows of named cells that know their place.
#include "formats/table/records.h"

#include <gtest/gtest.h>

namespace tasuki::table {
namespace {

using Format = Shape::Format;

Column named(std::string name, std::string source) {
  Column column;
  column.name = std::move(name);
  column.source = std::move(source);
  return column;
}
Column placed(std::string name, int number, int size = 0) {
  Column column;
  column.name = std::move(name);
  column.number = number;
  column.size = size;
  return column;
}
Shape shape_of(Format format, std::vector<Column> columns, std::string rows = {}) {
  Shape shape;
  shape.format = format;
  shape.columns = std::move(columns);
  shape.rows = std::move(rows);
  return shape;
}

struct Case {
  std::string name;
  Shape shape;
  std::string bytes;
  std::vector<std::vector<std::string>> rows;
};
class Records_ : public testing::TestWithParam<Case> {};
TEST_P(Records_, are_rows_of_cells) {
  const auto records = read(GetParam().bytes, GetParam().shape, Charset::utf_8);
  ASSERT_TRUE(records) << records.error().message;
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : records->rows) {
    rows.emplace_back();
    for (const Cell& cell : row) {
      rows.back().push_back(cell.text);
      if (cell.end > cell.begin && !cell.text.contains('"')) {
        EXPECT_EQ(GetParam().bytes.substr(cell.begin, cell.end - cell.begin), cell.text);
      }
    }
  }
  EXPECT_EQ(rows, GetParam().rows);
}
const Case cases[] = {
    {"by_header_whatever_its_width",
     shape_of(Format::csv, {named("value", "結果"), named("patient", "患者ID")}),
     "患者ＩＤ,氏名,結果\r\n7,花子,24\r\n8,太郎,\r\n",
     {{"24", "7", "花子"}, {"", "8", "太郎"}}},
    {"by_number_without_header",
     [] {
       Shape shape = shape_of(Format::csv, {placed("value", 2)});
       shape.has_header = false;
       shape.separator = '\t';
       return shape;
     }(),
     "7\t24\n8\t25\n",
     {{"24", "7"}, {"25", "8"}}},
    {"quoted_cells_hold_anything",
     shape_of(Format::csv, {named("a", "a")}),
     "a,b\n\"x,\"\"y\"\"\nz\",2\n",
     {{"x,\"y\"\nz", "2"}}},
    {"blank_lines_are_none", shape_of(Format::csv, {named("a", "a")}), "a\n\n1\n\n", {{"1"}}},
    {"fixed_width",
     shape_of(Format::fixed, {placed("patient", 1, 3), placed("value", 4, 4)}),
     "007 24\n008  5.5\n",
     {{"007", " 24"}, {"008", "  5."}}},
    {"json_rows_and_what_nobody_asked_for",
     shape_of(Format::json, {named("patient", "$.patient"), named("value", "v.number")}, "results"),
     R"({"patient":"7","results":[{"v":{"number":24.50},"note":"x"},{"v":{"number":1},"ok":true}]})",
     {{"7", "24.50", "x"}, {"7", "1", "", "true"}}},
    {"xml_attributes_and_elements",
     shape_of(
         Format::xml,
         {named("patient", "$/patient/@id"), named("value", "value"), named("unit", "value/@unit")},
         "report/result"),
     R"(<report><patient id="7"/><result><value unit="g">24</value></result><result><value>5</value><note>x</note></result></report>)",
     {{"7", "24", "g"}, {"7", "5", "", "x"}}},
};
INSTANTIATE_TEST_SUITE_P(of_each_format, Records_, testing::ValuesIn(cases),
                         [](const auto& row) { return row.param.name; });

struct Refused {
  std::string name;
  Shape shape;
  std::string bytes, part;
};
class RefusedRecords : public testing::TestWithParam<Refused> {};
TEST_P(RefusedRecords, say_why) {
  const auto records = read(GetParam().bytes, GetParam().shape, Charset::utf_8);
  ASSERT_FALSE(records);
  EXPECT_NE(records.error().message.find(GetParam().part), std::string::npos)
      << records.error().message;
}
const Refused refused[] = {
    {"a_column_that_is_not_there", shape_of(Format::csv, {named("a", "結果")}), "患者,値\n1,2\n",
     "it has: 患者, 値"},
    {"a_quotation_mark_left_open", shape_of(Format::csv, {named("a", "a")}), "a\n\"x\n",
     "not closed"},
    {"json_without_the_place", shape_of(Format::json, {}, "results"), "{}",
     "no records at 'results'"},
    {"json_that_is_none", shape_of(Format::json, {}), "{", ""},
    {"xml_of_another_root", shape_of(Format::xml, {}, "a/b"), "<c/>", "no records at 'a/b'"},
};
INSTANTIATE_TEST_SUITE_P(of_each_format, RefusedRecords, testing::ValuesIn(refused),
                         [](const auto& row) { return row.param.name; });

TEST(Records, of_shift_jis_know_their_bytes) {
  const std::string bytes = "\x8c\x8b\x89\xca,a\n\x8e\x8e\x8c\xb1,1\n";  // 結果,a / 試験,1
  const auto records = read(bytes, shape_of(Format::csv, {named("value", "結果")}), Charset::cp932);
  ASSERT_TRUE(records) << records.error().message;
  const Cell& cell = records->rows[0][0];
  EXPECT_EQ(cell.text, "試験");
  EXPECT_EQ(bytes.substr(cell.begin, cell.end - cell.begin), "\x8e\x8e\x8c\xb1");
}

}  // namespace
}  // namespace tasuki::table
