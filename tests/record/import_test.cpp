// Lines by the million: each for itself, through the same checks as any write.
#include <gmock/gmock.h>

#include "record/house.h"
#include "record/inside.h"

namespace tasuki::record {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class Lines final : public ImportSource {
 public:
  explicit Lines(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

  Result<std::optional<ImportPiece>> next() override {
    if (given_ == pieces_.size()) return std::nullopt;
    return ImportPiece{.text = pieces_[given_++],
                       .source = "lines.ndjson",
                       .line = 1,
                       .type = type,
                       .id_space = {}};
  }
  void failed(const ImportFailure& failure) override { failures.push_back(failure); }
  bool committed(const ImportCounts&) override { return ++commits < commits_max; }

  fhir::TypeId type = fhir::no_type;
  std::vector<ImportFailure> failures;
  int commits = 0, commits_max = 1000;

 private:
  std::vector<std::string> pieces_;
  size_t given_ = 0;
};

std::string patient_line(const std::string& id) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","name":[{"family":"川口"}]})" + "\n";
}

std::string result_line(const std::string& id, const std::string& about) {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","status":"final","code":{"text":"HbA1c"},"subject":{"reference":"Patient/)" + about +
         R"("},"effectiveDateTime":"2026-05-01"})" + "\n";
}

ImportCounts import(House& house, Lines& lines, const Principal& principal = doctor(hospital)) {
  auto counts = house.as(principal).import_lines(lines);
  EXPECT_TRUE(counts) << counts.error().message;
  return counts ? *counts : ImportCounts{};
}

std::vector<std::string> audit_of(House& house) {
  std::vector<std::string> texts;
  auto items = inside(house.door()).store().audit(0, 100).value();
  for (auto& item : items)
    texts.push_back(std::move(item.value));
  return texts;
}

TEST(Import, makes_lines_findable_when_it_says_done) {
  House house;
  Lines lines({patient_line("p1") + "\n" + patient_line("p2"),
               result_line("o1", "p1") + result_line("o2", "p2")});
  const auto counts = import(house, lines);
  EXPECT_EQ(counts.created, 4U);
  EXPECT_EQ(counts.failed, 0U);
  const auto session = house.as(doctor(hospital));
  EXPECT_EQ(found(session, "Patient", "family=川口"), (Ids{"p1", "p2"}));
  EXPECT_EQ(found(session, "Observation", "subject=Patient/p2&date=2026-05"), Ids{"o2"});
}

TEST(Import, tells_the_lines_it_refuses_and_keeps_the_others) {
  House house;
  Lines lines({patient_line("p1") + "{\"resourceType\":\"Patient\"\n" +
               R"({"resourceType":"Patinet","id":"x"})" + "\n" +
               R"({"resourceType":"Patient","id":"p2","gender":"girl"})" + "\n" +
               patient_line("p3")});
  const auto counts = import(house, lines);
  EXPECT_EQ(counts.created, 2U);
  EXPECT_EQ(counts.failed, 3U);
  ASSERT_THAT(lines.failures, SizeIs(3));
  EXPECT_EQ(lines.failures[0].line, 2U);
  EXPECT_EQ(lines.failures[1].line, 3U);
  EXPECT_EQ(lines.failures[2].line, 4U);
  EXPECT_THAT(lines.failures[2].error.location, HasSubstr("gender"));
  EXPECT_EQ(found(house.as(doctor(hospital)), "Patient", ""), (Ids{"p1", "p3"}));
}

TEST(Import, makes_no_new_version_of_the_same_content) {
  House house;
  for (const auto& [created, unchanged] : {std::pair(2U, 0U), std::pair(0U, 2U)}) {
    Lines lines({patient_line("p1") + result_line("o1", "p1")});
    const auto counts = import(house, lines);
    EXPECT_EQ(counts.created, created);
    EXPECT_EQ(counts.unchanged, unchanged);
  }
}

TEST(Import, leaves_what_another_organisation_is_responsible_for) {
  House house;
  house.put(doctor(clinic), patient_line("p1"));
  Lines lines({R"({"resourceType":"Patient","id":"p1","gender":"male"})"
               "\n" +
               patient_line("p2")});
  const auto counts = import(house, lines);
  EXPECT_EQ(counts.created, 1U);
  ASSERT_THAT(lines.failures, SizeIs(1));
  EXPECT_EQ(lines.failures[0].error.kind, Error::Kind::forbidden);
  EXPECT_EQ(house.as(doctor(clinic)).read(type_of("Patient"), "p1")->version, 1U);
}

TEST(Import, leaves_one_audit_entry_for_each_patient) {
  House house;
  Lines lines({patient_line("p1") + patient_line("p2") + result_line("o1", "p1")});
  import(house, lines);
  const auto audit = audit_of(house);
  ASSERT_THAT(audit, SizeIs(2));
  EXPECT_THAT(audit[0], HasSubstr(R"("outcomeDesc":"import of lines.ndjson, lines 1 to 3")"));
  EXPECT_THAT(audit[0], HasSubstr("Observation/o1/_history/1"));
  EXPECT_THAT(audit[0], HasSubstr("Patient/p1"));
  EXPECT_THAT(audit[1], HasSubstr("Patient/p2/_history/1"));
}

TEST(Import, refuses_a_line_of_another_type_than_was_said) {
  House house;
  Lines lines({patient_line("p1") + result_line("o1", "p1")});
  lines.type = type_of("Patient");
  EXPECT_EQ(import(house, lines).created, 1U);
  ASSERT_THAT(lines.failures, SizeIs(1));
  EXPECT_EQ(lines.failures[0].line, 2U);
}

TEST(Import, ends_when_its_caller_wants_no_more) {
  House house;
  std::vector<std::string> pieces;
  for (int i = 0; i < 100; ++i)
    pieces.push_back(patient_line("p" + std::to_string(i)));
  Lines lines(std::move(pieces));
  lines.commits_max = 1;
  const auto counts = import(house, lines);
  EXPECT_GE(counts.created, 1U);
  EXPECT_LE(counts.created, 3U);  // each of two threads may have one under way
}

TEST(Import, keeps_the_rules_of_consents) {
  House house;
  house.put(doctor(hospital), patient_line("p1"));
  Lines lines(
      {R"({"resourceType":"Consent","id":"c1","status":"active","scope":{"coding":[{"code":)"
       R"("patient-privacy"}]},"category":[{"coding":[{"code":"IDSCL"}]}],"patient":)"
       R"({"reference":"Patient/p1"},"policyRule":{"coding":[{"code":"OPTIN"}]},)"
       R"("provision":{"type":"permit"}})"
       "\n"});
  EXPECT_FALSE(house.as(doctor(clinic)).read(type_of("Patient"), "p1"));
  EXPECT_EQ(import(house, lines).created, 1U);
  EXPECT_TRUE(house.as(doctor(clinic)).read(type_of("Patient"), "p1"));
}

}  // namespace
}  // namespace tasuki::record
