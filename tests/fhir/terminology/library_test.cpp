// What a running program has: the terms of packages, of masters, and what is written through REST.
#include "fhir/terminology/library.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "fhir/terminology/compile.h"
#include "folder.h"
#include "json/parse.h"

namespace tasuki::fhir::terminology {
namespace {

class Images : public test::Folder {
 public:
  // A code system of one code, as an image.
  void write(const std::string& name, std::string_view display) const {
    const auto document = json::parse(
        R"({"resourceType":"CodeSystem","url":"http://x/organs","version":"1","content":"complete",)"
        R"("concept":[{"code":"h","display":")" +
        std::string(display) + R"("}]})");
    Compiler compiler;
    ASSERT_TRUE(compiler.add(document->root));
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << compiler.bytes();
  }
};

TEST(Library, takes_up_packages_and_masters_while_it_runs_and_masters_win) {
  const Images folder;
  const auto library =
      Library::open({}, {folder.path / "packages", folder.path / "terminology"}).value();
  const auto display = [&] {
    EXPECT_TRUE(library->refresh());
    return library->snapshot()->display("http://x/organs", "h");
  };
  EXPECT_EQ(display(), "");
  folder.write("packages/guide#1.0.0.terminology", "Heart");
  EXPECT_EQ(display(), "Heart");
  folder.write("terminology/masters/organs.image", "心臓");
  EXPECT_EQ(display(), "心臓");
  std::filesystem::remove_all(folder.path / "terminology");
  EXPECT_EQ(display(), "Heart");
}

}  // namespace
}  // namespace tasuki::fhir::terminology
