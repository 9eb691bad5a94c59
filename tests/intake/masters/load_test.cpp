#include "intake/masters/load.h"

#include <filesystem>
#include <fstream>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/charset.h"
#include "base/uuid.h"
#include "fhir/terminology/library.h"

namespace tasuki::intake::masters {
namespace {

// A made-up 傷病名マスター of n diseases: 24 columns, CP932.
std::string diseases(size_t count, std::string_view changed_name = "架空病", size_t first = 0) {
  std::string text;
  for (size_t i = first; i < count; ++i)
    text += fmt::format(
        "\"0\",\"B\",\"{:07}\",\"\",\"5\",\"{}{}\",\"5\",\"\",\"9\",\"カクウビョウ\",\"{:08}\","
        "\"1\",\"\",\"\","
        "\"\",\"A999\",\"\",\"\",\"00\",\"0\",\"05\",\"\",\"20200401\",\"{}\"\r\n",
        8000000 + i, i == 1 ? changed_name : "架空病", i, 20000000 + i,
        i == 2 ? "20211231" : "99999999");
  return encode(text, Charset::cp932).bytes;
}

class Masters : public testing::Test {
 protected:
  Masters() : folder_(std::filesystem::temp_directory_path() / ("tasuki-" + random_uuid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Masters() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& bytes) const {
    const auto path = folder_ / "b.csv";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  LoadSettings settings() const {
    return {.folder = folder_ / "masters", .version = {}, .today = "2026-11-26"};
  }

  std::filesystem::path folder_;
};

constexpr std::string_view system_url =
    "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterB-disease";

TEST_F(Masters, a_loaded_master_answers_at_once) {
  const auto library = fhir::terminology::Library::open({}, {folder_ / "masters"});
  ASSERT_TRUE(library);
  const auto before = (*library)->snapshot();
  const auto loaded = load(file(diseases(1000)), settings());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->version, "20200401");
  ASSERT_EQ(loaded->systems.size(), 2u);
  EXPECT_EQ(loaded->systems[0].codes, 1000u);
  EXPECT_EQ(loaded->systems[0].inactive, 1u);
  ASSERT_TRUE((*library)->refresh());
  const auto now = (*library)->snapshot();
  EXPECT_EQ(now->is_code(system_url, "8000999"), fhir::terminology::Truth::yes);
  EXPECT_EQ(now->is_code(system_url, "9999999"), fhir::terminology::Truth::no);
  EXPECT_EQ(now->display(system_url, "8000003"), "架空病3");
  EXPECT_TRUE(now->code_system(system_url)->is_inactive(2));
  // Who asks still holds the former snapshot.
  EXPECT_EQ(before->is_code(system_url, "8000999"), fhir::terminology::Truth::unknown);
}

TEST_F(Masters, the_next_version_takes_the_place_of_the_former) {
  ASSERT_TRUE(load(file(diseases(10)), settings()));
  auto next = settings();
  next.version = "20260401";
  ASSERT_TRUE(load(file(diseases(20)), next));
  const auto all = list(settings().folder);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().version, "20260401");
  EXPECT_EQ(all->front().systems.front().codes, 20u);
}

TEST_F(Masters, impact_names_what_goes_and_what_is_renamed) {
  ASSERT_TRUE(load(file(diseases(10)), settings()));
  const auto library = fhir::terminology::Library::open({}, {settings().folder});
  const auto changed = impact(file(diseases(12, "改名病", 1)), settings(), *(*library)->snapshot());
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->added, 4u);  // two codes in each of two systems
  ASSERT_EQ(changed->differences.size(), 4u);
  EXPECT_EQ(changed->differences[0].kind, Difference::Kind::gone);
  EXPECT_EQ(changed->differences[0].code, "8000000");
  EXPECT_EQ(changed->differences[1].kind, Difference::Kind::renamed);
  EXPECT_EQ(changed->differences[1].after, "改名病1");
}

TEST_F(Masters, a_file_that_is_no_master_changes_nothing) {
  ASSERT_TRUE(load(file(diseases(10)), settings()));
  EXPECT_FALSE(load(file("id;name\n1;x\n"), settings()));
  EXPECT_EQ(list(settings().folder)->front().systems.front().codes, 10u);
}

}  // namespace
}  // namespace tasuki::intake::masters
