// DICOM attributes as a record: a dataset written here, and files nobody here wrote.
#include <gtest/gtest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "formats/table/records.h"

namespace tasuki::table {
namespace {

// Explicit VR, little endian, behind a preamble (PS3.10 7.1); values are padded to even lengths.
void add(std::string& bytes, uint16_t group, uint16_t element, std::string_view representation,
         std::string value) {
  if (value.size() % 2 == 1) value += representation == "UI" ? '\0' : ' ';
  for (const uint16_t number : {group, element})
    bytes += {static_cast<char>(number & 0xFF), static_cast<char>(number >> 8)};
  bytes += representation;
  bytes += {static_cast<char>(value.size() & 0xFF), static_cast<char>(value.size() >> 8)};
  bytes += value;
}

std::string image() {
  std::string bytes(128, '\0');
  bytes += "DICM";
  add(bytes, 0x0002, 0x0000, "UL", std::string("\x1a\0\0\0", 4));
  add(bytes, 0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1");
  // 8 bytes of head and 20 of value: the group's length has to say so.
  bytes[128 + 4 + 8] = 28;
  add(bytes, 0x0008, 0x0005, "CS", "\\ISO 2022 IR 87");
  add(bytes, 0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2");
  add(bytes, 0x0008, 0x0020, "DA", "20240401");
  add(bytes, 0x0010, 0x0010, "PN", "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B");
  add(bytes, 0x0010, 0x0020, "LO", "A-1");
  return bytes;
}

Shape shape_of(std::vector<Column> columns) {
  Shape shape;
  shape.format = Shape::Format::dicom;
  shape.columns = std::move(columns);
  return shape;
}

const Shape asked = shape_of({{"patient", "PatientID", 0, 0}, {"name", "0010,0010", 0, 0}});

TEST(Dicom, is_one_record_of_its_attributes) {
  const auto records = read(image(), asked);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->rows.size(), 1u);
  const auto& row = records->rows.front();
  EXPECT_EQ(row[0].text, "A-1");
  EXPECT_EQ(row[1].text, "Yamada^Tarou=山田^太郎");
  ASSERT_EQ(row[1].repetitions.size(), 2u);
  EXPECT_EQ(row[1].repetitions[1][0], "山田");
  EXPECT_EQ(row[1].repetitions[1][7], "I");
  EXPECT_NE(std::ranges::find(records->names, "StudyDate"), records->names.end());
}

TEST(Dicom, cut_short_or_something_else_is_refused) {
  const std::string whole = image();
  EXPECT_FALSE(read(whole.substr(0, whole.size() - 3), asked));
  EXPECT_FALSE(read("MSH|^~\\&|", asked));
  EXPECT_FALSE(read("", asked));
  EXPECT_FALSE(read(std::string(4096, '\xff'), asked));
}

TEST(Dicom, columns_are_attributes) {
  EXPECT_TRUE(is_dicom_attribute("StudyInstanceUID"));
  EXPECT_TRUE(is_dicom_attribute("0020,000D"));
  EXPECT_TRUE(is_dicom_attribute("RequestAttributesSequence.ScheduledProcedureStepID"));
  EXPECT_FALSE(is_dicom_attribute("StudyInstanceUUID"));
}

const std::filesystem::path reference = std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "dicom";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Dicom, of_others_gives_the_names_that_they_expect) {
  std::ifstream expected(reference / "expected-patient-names.csv");
  if (!expected) GTEST_SKIP() << "SKIP: ref/dicom is absent";
  std::string line;
  std::getline(expected, line);
  int checked = 0;
  while (std::getline(expected, line)) {
    const size_t comma = line.find(',');
    const auto records = read(bytes_of(reference / line.substr(0, comma)), asked);
    ASSERT_TRUE(records) << line << records.error().message;
    EXPECT_EQ(records->rows.front()[1].text, line.substr(comma + 1)) << line;
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

TEST(Dicom, of_others_is_read_or_refused_with_a_reason) {
  if (!std::filesystem::exists(reference)) GTEST_SKIP() << "SKIP: ref/dicom is absent";
  int taken = 0, refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(reference)) {
    if (!entry.is_regular_file()) continue;
    const auto records = read(bytes_of(entry.path()), asked);
    ++(records ? taken : refused);
    EXPECT_TRUE(records || !records.error().message.empty());
  }
  std::cout << taken << " read, " << refused << " refused\n";
  EXPECT_GT(taken, refused);
}

}  // namespace
}  // namespace tasuki::table
