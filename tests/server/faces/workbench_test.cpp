// Mappings and code tables over a whole server: what is in force, what is missing, a person's word.
#include <filesystem>

#include <gtest/gtest.h>

#include "intake/trial/reload.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

namespace fs = std::filesystem;

// The shipped mappings in a folder of their own, and a server that may change them.
struct Bench {
  Bench() : folder(fs::temp_directory_path() / ("tasuki-bench-" + random_uuid())) {
    fs::copy(fs::path(TASUKI_TESTS_FOLDER) / "../mappings", folder, fs::copy_options::recursive);
    std::shared_ptr<const fhir::Definitions> definitions =
        *fhir::Definitions::open(fs::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
    current.emplace(*intake::Mappings::load(folder, definitions));
    reloader.emplace(*current);
    ServerSettings settings;
    settings.operation.reloader = &*reloader;
    house.emplace(settings);
  }
  ~Bench() {
    house.reset();
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }

  fs::path folder;
  std::optional<intake::CurrentMappings> current;
  std::optional<intake::trial::Reloader> reloader;
  std::optional<House> house;
};

struct Row {
  const char* name;
  const char* account;
  const char* method;
  const char* target;
  const char* headers;
  const char* body;
  unsigned status;
  const char* says;
};
const Row rows[] = {
    {"the_mappings_in_force", "own/clerk", "GET", "/ops/api/mappings", "", "", 200,
     R"("name":"lab-results-oul","version":")"},
    {"a_doctor_does_not_keep_them", "own/doctor", "GET", "/ops/api/mappings", "", "", 403,
     "operate"},
    {"nobody_is_sent_to_sign_in", "", "GET", "/ops/api/codes", "", "", 401, "Sign in first"},
    {"nothing_has_changed", "own/clerk", "POST", "/ops/api/mappings/reload", "X-Tasuki: 1\r\n", "",
     200, R"("mappings":[],"problems":[])"},
    {"no_codes_are_missing", "own/clerk", "GET", "/ops/api/codes", "", "", 200, R"("unmapped":[])"},
    {"a_form_of_another_site_changes_nothing", "own/clerk", "POST", "/ops/api/codes/approve", "",
     "{}", 403, "X-Tasuki"},
    {"an_unknown_table", "own/clerk", "POST", "/ops/api/codes/approve", "X-Tasuki: 1\r\n",
     R"({"table":"nothing","from":"1","to":"2"})", 404, "no table 'nothing'"},
    {"an_unknown_member", "own/clerk", "POST", "/ops/api/codes/approve", "X-Tasuki: 1\r\n",
     R"({"tables":"lab-items"})", 400, "table, from, to"},
    {"an_approval", "own/clerk", "POST", "/ops/api/codes/approve", "X-Tasuki: 1\r\n",
     R"({"table":"lab-items","from":"17","to":"3B035000002327201","system":"http://medis.or.jp/CodeSystem/master-JLAC10-17digits","display":"AST","reason":"検査部に確認"})",
     200, R"("failed":0,"shadow":{"tried":0)"},
    {"its_history", "own/clerk", "GET", "/ops/api/codes/history?table=lab-items", "", "", 200,
     R"("who":"事務 花","from":"17")"},
    {"the_same_again", "own/clerk", "POST", "/ops/api/codes/approve", "X-Tasuki: 1\r\n",
     R"({"table":"lab-items","from":"17","to":"3B035000002327201"})", 409, "already"},
    {"an_unknown_call_names_the_known", "own/clerk", "GET", "/ops/api/codes/all", "", "", 404,
     "GET codes"},
};

TEST(Workbench, answers_call_by_call) {
  Bench bench;
  for (const Row& row : rows) {
    std::string headers = row.headers;
    if (*row.account)
      headers += "Authorization: Bearer " + bench.house->token(row.account) + "\r\n";
    const Heard heard = bench.house->ask(row.method, row.target, headers, row.body);
    EXPECT_EQ(heard.status, row.status) << row.name << ": " << heard.body;
    EXPECT_NE(heard.body.find(row.says), std::string::npos) << row.name << ": " << heard.body;
  }
  EXPECT_NE(bench.current->get()->table("lab-items")->find("17"), nullptr);
}

}  // namespace
}  // namespace tasuki::server
