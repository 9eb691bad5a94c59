// The operator's calls against a whole server.
#include <gtest/gtest.h>

#include "server/house.h"

namespace tasuki::server {
namespace {

struct Row {
  const char* name;
  const char* account;  // empty: nobody
  const char* method;
  const char* target;
  const char* headers;
  const char* body;
  unsigned status;
  const char* says;
};

const Row rows[] = {
    {"clerk_sees_the_feeds", "own/clerk", "GET", "/ops/api/feeds", "", "", 200, R"({"feeds":[]})"},
    {"clerk_sees_what_waits", "own/clerk", "GET", "/ops/api/inbox", "", "", 200,
     R"({"waiting":[]})"},
    {"nobody_is_sent_to_sign_in", "", "GET", "/ops/api/feeds", "", "", 401, "Sign in first"},
    {"a_doctor_does_not_operate", "own/doctor", "GET", "/ops/api/inbox", "", "", 403, "operate"},
    {"a_form_of_another_site_changes_nothing", "own/clerk", "POST", "/ops/api/inbox/replay", "",
     "{}", 403, "X-Tasuki"},
    {"no_feeds_no_replay", "own/clerk", "POST", "/ops/api/inbox/replay", "X-Tasuki: 1\r\n", "{}",
     404, "no feeds"},
    {"an_unknown_call_names_the_known", "own/clerk", "GET", "/ops/api/feed", "", "", 404,
     "GET feeds"},
};
class Console : public testing::TestWithParam<Row> {};
TEST_P(Console, answers) {
  static House house;
  const Row& row = GetParam();
  std::string headers = row.headers;
  if (*row.account) headers += "Authorization: Bearer " + house.token(row.account) + "\r\n";
  const Heard heard = house.ask(row.method, row.target, headers, row.body);
  EXPECT_EQ(heard.status, row.status) << heard.body;
  EXPECT_NE(heard.body.find(row.says), std::string::npos) << heard.body;
}
INSTANTIATE_TEST_SUITE_P(Table, Console, testing::ValuesIn(rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tasuki::server
