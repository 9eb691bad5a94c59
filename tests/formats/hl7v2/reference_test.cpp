// Messages nobody here wrote: the public sets of the reference folder. Skipped by name where they
// are not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "formats/hl7v2/batch.h"
#include "formats/hl7v2/check.h"
#include "formats/hl7v2/grammar.h"

namespace tasuki::hl7v2 {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool holds_messages(const fs::path& file) {
  static const std::string others[] = {".json", ".fhir", ".md", ".xml", ".csv", ".tsv", ".ptn"};
  const std::string path = file.string();
  return std::ranges::find(others, file.extension().string()) == std::end(others) &&
         path.find("/licences/") == path.npos && path.find("as-written") == path.npos &&
         path.find("scenario") == path.npos;
}

// Line ends made CR, frames and blank lines left out: what print() promises to give back.
std::string with_plain_line_ends(std::string_view bytes) {
  std::string out, line;
  for (const char c : std::string(bytes) + "\r") {
    if (c != '\r' && c != '\n') {
      if (c != 0x0B && c != 0x1C) line += c;
      continue;
    }
    if (line.find_first_not_of(" \t") != line.npos) out += line + "\r";
    line.clear();
  }
  return out;
}

struct Tally {
  int files = 0, messages = 0;
  std::vector<std::string> refused, changed, findings;
};

Tally read_all(const fs::path& folder) {
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !holds_messages(entry.path())) continue;
    ++tally.files;
    const std::string name = entry.path().filename().string(), bytes = bytes_of(entry.path());
    const auto batch = split(bytes);
    if (!batch) {
      tally.refused.push_back(name + " " + batch.error().location);
      continue;
    }
    for (const auto& piece : batch->messages) {
      ++tally.messages;
      const auto message = parse(piece.bytes);
      if (!message) {
        tally.refused.push_back(name + " " + message.error().location);
        continue;
      }
      const auto printed = encode(print(*message), message->charset(), {.vendor_characters = true});
      if (printed.bytes != with_plain_line_ends(piece.bytes)) tally.changed.push_back(name);
      for (const auto& one : message->findings())
        tally.findings.push_back(name + " " + one.code);
      for (const auto& one : check(*message))
        tally.findings.push_back(name + " " + one.code + " " + one.location);
      structure_of(*message);
    }
  }
  std::ranges::sort(tally.refused);
  return tally;
}

bool found(const Tally& tally, std::string_view file, std::string_view finding) {
  return std::ranges::any_of(tally.findings, [&](const std::string& one) {
    return one.find(file) != one.npos && one.find(finding) != one.npos;
  });
}

class ReferenceMessages : public testing::Test {
 protected:
  void read(const std::string& set) {
    const auto folder = fs::path(TASUKI_REFERENCE_FOLDER) / set;
    if (!fs::exists(folder)) GTEST_SKIP() << "the set " << set << " is not there";
    tally_ = read_all(folder);
  }
  Tally tally_;
};

TEST_F(ReferenceMessages, general_set_round_trips_or_is_refused_with_its_field) {
  read("hl7v2");
  if (IsSkipped()) return;
  EXPECT_GE(tally_.messages, 500);
  EXPECT_EQ(tally_.changed, std::vector<std::string>{});
  EXPECT_EQ(tally_.refused, (std::vector<std::string>{"Lyme_WithBadDelimiters.txt MSH-2",
                                                      "simplesender-hl7.txt MSH",
                                                      "test-hl7-single-field-output.txt MSH"}));
  EXPECT_TRUE(found(tally_, "PHLIP_FLU_2.5.1_NO_MSH7.txt", "field.missing MSH-7"));
  EXPECT_TRUE(found(tally_, "ORU^R01-PDF.hl7", "structure.not-a-segment"));
  EXPECT_TRUE(found(tally_, "sample_unix.hl7", "structure.doubled-escape"));
  RecordProperty("messages", tally_.messages);
}

TEST_F(ReferenceMessages, japanese_messages_are_read_without_loss) {
  read("legacy/hl7v2");
  if (IsSkipped()) return;
  EXPECT_GE(tally_.messages, 13);
  EXPECT_EQ(tally_.refused, std::vector<std::string>{});
  EXPECT_EQ(tally_.changed, std::vector<std::string>{});
}

TEST(ReferencePrescription, reads_the_same_in_iso_2022_jp_and_utf_8) {
  const auto folder = fs::path(TASUKI_REFERENCE_FOLDER) / "legacy/hl7v2/prescription-RDE_O11";
  if (!fs::exists(folder)) GTEST_SKIP() << "the set legacy/hl7v2 is not there";
  const auto wire = parse(bytes_of(folder / "full_insurance_iso2022jp.hl7"));
  const auto twin = parse(bytes_of(folder / "full_insurance.hl7.utf8.txt"));
  ASSERT_TRUE(wire && twin);
  EXPECT_EQ(wire->charset(), Charset::iso_2022_jp);
  EXPECT_EQ(print(*wire), print(*twin));
}

TEST_F(ReferenceMessages, ssmix2_messages_are_read_without_loss) {
  read("legacy/ss-mix2");
  if (IsSkipped()) return;
  EXPECT_GE(tally_.messages, 12);
  EXPECT_EQ(tally_.refused, std::vector<std::string>{});
  EXPECT_EQ(tally_.changed, std::vector<std::string>{});
}

}  // namespace
}  // namespace tasuki::hl7v2
