#include "record/accounts.h"

#include <gmock/gmock.h>

#include "record/house.h"
#include "record/secret.h"

namespace tasuki::record {
namespace {

NewAccount tanaka(bool demo) {
  return {{"h/tanaka", "田中 健", Role::doctor, hospital, {}, demo},
          "correct horse",
          demo ? "code:123456" : "totp:JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"};
}

// RFC 6238, appendix B (SHA-1), the last six of eight digits.
TEST(Totp, makes_the_codes_of_the_standard) {
  const std::string secret = "12345678901234567890";
  EXPECT_EQ(totp(secret, 59 / 30), "287082");
  EXPECT_EQ(totp(secret, 1111111109 / 30), "081804");
  EXPECT_EQ(totp(secret, 20000000000 / 30), "353130");
  EXPECT_EQ(from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), secret);
}

TEST(Accounts, open_with_password_and_second_factor_only) {
  House house;
  auto& accounts = house.door().accounts();
  ASSERT_TRUE(accounts.create(tanaka(true)));
  EXPECT_EQ(accounts.create(tanaka(true)).error().kind, Error::Kind::conflict);
  const auto wrong_code = accounts.sign_in("h/tanaka", "correct horse", "000000");
  const auto wrong_password = accounts.sign_in("h/tanaka", "correct hors", "123456");
  const auto nobody = accounts.sign_in("h/nobody", "correct horse", "123456");
  EXPECT_EQ(wrong_code.error().message, wrong_password.error().message);
  EXPECT_EQ(wrong_code.error().message, nobody.error().message);
  const auto opened = accounts.sign_in("h/tanaka", "correct horse", "123456");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(accounts.principal_of(opened->token)->organisation, hospital);
  house.open();  // the token outlives a restart
  EXPECT_EQ(house.door().accounts().principal_of(opened->token)->id, "h/tanaka");
  ASSERT_TRUE(house.door().accounts().sign_out(opened->token));
  EXPECT_EQ(house.door().accounts().principal_of(opened->token).error().kind,
            Error::Kind::unauthenticated);
  EXPECT_EQ(house.door().accounts().principal_of("made up").error().kind,
            Error::Kind::unauthenticated);
}

TEST(Accounts, open_by_one_press_in_a_demo_only) {
  House house;
  auto& accounts = house.door().accounts();
  ASSERT_TRUE(accounts.create(tanaka(false)));
  EXPECT_EQ(accounts.sign_in_demo("h/tanaka").error().kind, Error::Kind::forbidden);
  EXPECT_THAT(*accounts.demo_accounts(), ::testing::IsEmpty());
  auto demo = tanaka(true);
  demo.account.id = "demo/tanaka";
  ASSERT_TRUE(accounts.create(demo));
  EXPECT_TRUE(accounts.sign_in_demo("demo/tanaka"));
  EXPECT_EQ(accounts.demo_accounts()->size(), 1U);
}

TEST(Accounts, need_a_second_factor_that_is_one) {
  House house;
  auto account = tanaka(false);
  account.second_factor = "code:123456";  // a fixed code is for demo accounts
  EXPECT_EQ(house.door().accounts().create(account).error().kind, Error::Kind::invalid);
  account = tanaka(true);
  account.password = "short";
  EXPECT_EQ(house.door().accounts().create(account).error().kind, Error::Kind::invalid);
}

TEST(Accounts, wait_after_many_wrong_tries) {
  House house;
  auto& accounts = house.door().accounts();
  ASSERT_TRUE(accounts.create(tanaka(true)));
  for (int i = 0; i < 5; ++i)
    EXPECT_FALSE(accounts.sign_in("h/tanaka", "correct horse", "000000"));
  EXPECT_FALSE(accounts.sign_in("h/tanaka", "correct horse", "123456"));
}

}  // namespace
}  // namespace tasuki::record
