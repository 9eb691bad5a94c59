#include "demo_accounts.h"

#include <array>

namespace tasuki::app {
namespace {

using record::Role;

struct DemoAccount {
  const char *id, *name;
  Role role;
  const char* organisation;
};
constexpr std::array accounts{
    DemoAccount{"minato-hosp/tanaka", "田中 健", Role::doctor, "1310000001"},
    DemoAccount{"midori-clinic/midorikawa", "緑川 澄子", Role::doctor, "1310000027"},
    DemoAccount{"minato-pharmacy/yamamoto", "山本 薫", Role::pharmacist, "1340000011"},
    DemoAccount{"sakura-hosp/nakamura", "中村 渚", Role::nurse, "1310000019"},
    DemoAccount{"himawari-care/suzuki", "鈴木 一歩", Role::care_worker, "1360000013"},
    DemoAccount{"minato-hosp/kimura", "木村 事務", Role::clerk, "1310000001"},
    DemoAccount{"sakura-hosp/ono", "小野 事務", Role::clerk, "1310000019"},
    DemoAccount{"midori-clinic/hara", "原 事務", Role::clerk, "1310000027"},
};

Result<void> make(record::Accounts& all, const record::Account& account) {
  // The password and the code are printed on the sign-in page's help: a demo has no secret.
  const auto made = all.create({account, "minato-demo", "code:123456"});
  if (!made && made.error().kind != Error::Kind::conflict) return made.error();
  return {};
}

}  // namespace

Result<void> make_demo_accounts(record::Accounts& all, const std::string& patient_person) {
  if (!TRY(all.demo_accounts()).empty()) return {};  // argon2id is slow on purpose: once
  for (const DemoAccount& demo : accounts) {
    TRY(make(all, {demo.id, demo.name, demo.role, demo.organisation, {}, true}));
  }
  return make(all, {"hanako", "山田 花子", Role::patient, {}, patient_person, true});
}

}  // namespace tasuki::app
