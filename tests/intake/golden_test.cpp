// Whole messages and the whole answer: golden/<case>/{input.hl7, expected.json}. With
// TASUKI_REBASELINE set the expectations are rewritten; the difference is read before it is
// committed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "fixture.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry :
       fs::directory_iterator(fs::path(TASUKI_TESTS_FOLDER "/intake") / "golden"))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string answer_to(const fs::path& folder) {
  const Converted converted =
      convert(test::bytes_of(folder / "input.hl7"), test::hospital(), *test::mappings());
  const std::string text =
      R"({"bundle":)" + converted.bundle() + R"(,"report":)" + converted.report() + "}";
  return json::print_indented(json::parse(text)->root) + "\n";
}

class Golden : public testing::TestWithParam<std::string> {};
TEST_P(Golden, becomes_what_was_agreed) {
  const fs::path folder = fs::path(TASUKI_TESTS_FOLDER "/intake") / "golden" / GetParam();
  const std::string answer = answer_to(folder);
  if (std::getenv("TASUKI_REBASELINE") != nullptr)
    std::ofstream(folder / "expected.json", std::ios::binary) << answer;
  EXPECT_EQ(answer, test::bytes_of(folder / "expected.json"));
}
INSTANTIATE_TEST_SUITE_P(messages, Golden, testing::ValuesIn(cases()),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace tasuki::intake
