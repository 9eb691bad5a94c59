// Who may sign in: accounts with a password and a second factor, and the sessions they open.
//
// Passwords are kept as argon2id only; of a session's token only the hash is kept. Every failure
// says the same sentence (security.md 1.8). Idle and absolute limits by role (1.9).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "record/session.h"

namespace tasuki::record {

struct Account {
  std::string id;    // "minato-hosp/tanaka"
  std::string name;  // 田中 健
  Role role = Role::clerk;
  std::string organisation;  // 10-digit institution number; empty for a patient
  std::string person;        // of a patient: the person id
  bool demo = false;         // may be entered by one press; only in a demo database
};

struct NewAccount {
  Account account;
  std::string password;  // at least 8 characters, because a second factor always stands beside it
  std::string second_factor;  // "totp:<base32 secret>", or in a demo database "code:<digits>"
};

struct SignedIn {
  std::string token;  // 256 bits, base64url; shown once
  Principal principal;
  Instant expires;  // absolute
};

class Accounts {
 public:
  virtual ~Accounts() = default;

  virtual Result<void> create(const NewAccount& account) = 0;  // conflict when the id exists
  virtual Result<SignedIn> sign_in(std::string_view id, std::string_view password,
                                   std::string_view code) = 0;
  virtual Result<SignedIn> sign_in_demo(
      std::string_view id) = 0;  // forbidden unless the account is a demo one
  virtual Result<Principal> principal_of(
      std::string_view token) = 0;  // unauthenticated when unknown or expired
  virtual Result<void> sign_out(std::string_view token) = 0;
  virtual Result<std::vector<Account>> demo_accounts() = 0;
  // Who an account acts as, without signing in: for what it left standing, a subscription.
  virtual Result<std::optional<Principal>> find(std::string_view id) = 0;
  virtual Result<void> set_person(std::string_view id,
                                  std::string_view person) = 0;  // of a patient's account
};

}  // namespace tasuki::record
