#include "record/accounts.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/core.h>

#include "base/guarded.h"
#include "base/utf8.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/accounts_of_store.h"
#include "record/base64.h"
#include "record/consent/roles.h"
#include "record/inside.h"
#include "record/secret.h"

namespace tasuki::record {

namespace {

using namespace std::chrono_literals;

constexpr size_t token_bytes = 32;
constexpr size_t password_characters_min = 8, password_bytes_max = 1024;
constexpr size_t sign_ins_remembered_max = 100'000;
constexpr int tries_max = 5;  // then a wait that doubles
constexpr auto try_wait = 30s;

struct Limits {
  std::chrono::seconds idle, absolute;
};
// security.md 1.9: clinician, portal, operations.
Limits limits_of(Role role) {
  if (role == Role::patient) return {15min, 8h};
  if (role == Role::clerk || role == Role::system) return {15min, 8h};
  return {15min, 12h};
}

// One sentence for every cause.
Error refused() {
  return {Error::Kind::unauthenticated, "認証に失敗しました。 The sign-in failed.", {}};
}

struct KeptAccount {
  Account account;
  std::string salt, hash, factor;
  int64_t last_step = 0;  // of a TOTP code: none works twice
};

struct KeptSignIn {
  Principal principal;
  Instant opened, expires, used;
};

std::string print_account(const KeptAccount& kept) {
  json::Document document;
  auto& arena = document.arena;
  auto all = json::Value::object();
  const auto text = [&](std::string_view name, std::string_view value) {
    all.append(arena, name, json::Value::string(arena, value));
  };
  text("name", kept.account.name);
  text("role", name_of(kept.account.role));
  text("organisation", kept.account.organisation);
  text("person", kept.account.person);
  text("salt", hex(kept.salt));
  text("hash", hex(kept.hash));
  text("factor", kept.factor);
  all.append(arena, "demo", json::Value::boolean(kept.account.demo));
  all.append(arena, "step", json::Value::number(arena, kept.last_step));
  return json::print(all);
}

Result<KeptAccount> parse_account(std::string_view id, std::string_view text) {
  const auto document = TRY(json::parse(text));
  const auto& root = document.root;
  KeptAccount kept;
  kept.account.id = id;
  kept.account.name = root.text_of("name");
  const auto role = role_of(root.text_of("role"));
  if (!role) return Error{Error::Kind::internal, "An account has a role unknown here.", {}};
  kept.account.role = *role;
  kept.account.organisation = root.text_of("organisation");
  kept.account.person = root.text_of("person");
  kept.salt = from_hex(root.text_of("salt")).value_or("");
  kept.hash = from_hex(root.text_of("hash")).value_or("");
  kept.factor = root.text_of("factor");
  const auto* demo = root.find("demo");
  kept.account.demo = demo != nullptr && demo->boolean();
  const auto* step = root.find("step");
  kept.last_step =
      step == nullptr ? 0 : std::strtoll(std::string(step->text()).c_str(), nullptr, 10);
  return kept;
}

Principal principal_of_account(const Account& account) {
  return {account.id, account.name, account.role, account.organisation, account.person};
}

// "<account id>\n<opened>\n<expires>", microseconds. Who the account is today is read from the
// account.
std::string print_sign_in(std::string_view account, Instant opened, Instant expires) {
  return fmt::format("{}\n{}\n{}", account, opened.time_since_epoch().count(),
                     expires.time_since_epoch().count());
}

class StoredAccounts final : public Accounts {
 public:
  StoredAccounts(store::Store& store, AuditLog& audit) : store_(store), audit_(audit) {}

  Result<void> create(const NewAccount& wanted) override {
    if (wanted.account.id.empty() || wanted.account.id.contains('\n') ||
        wanted.account.id.size() > 200) {
      return Error{Error::Kind::invalid, "An account needs an id of 1 to 200 bytes in one line.",
                   "id"};
    }
    if (wanted.password.size() < password_characters_min ||
        wanted.password.size() > password_bytes_max) {
      return Error{Error::Kind::invalid,
                   "A password has at least 8 characters (beside a second factor).", "password"};
    }
    const bool fixed = wanted.second_factor.starts_with("code:");
    const bool totp_secret =
        wanted.second_factor.starts_with("totp:") &&
        from_base32(std::string_view(wanted.second_factor).substr(5)).value_or("").size() >= 16;
    if ((!fixed || !wanted.account.demo) && !totp_secret) {
      return Error{Error::Kind::invalid,
                   "A second factor is \"totp:\" and a base32 secret of 128 bits or more; a fixed "
                   "code is for demo accounts.",
                   "second_factor"};
    }
    KeptAccount kept{wanted.account, random_bytes(salt_bytes), {}, wanted.second_factor, 0};
    kept.hash = argon2id(wanted.password, kept.salt);
    return store_.write([&](store::Writer& writer) -> Result<void> {
      if (TRY(writer.item(table::accounts, kept.account.id))) {
        return Error{Error::Kind::conflict, "There is an account with this id.", "id"};
      }
      return writer.set_item(table::accounts, kept.account.id, print_account(kept));
    });
  }

  Result<SignedIn> sign_in(std::string_view id, std::string_view password,
                           std::string_view code) override {
    if (password.size() > password_bytes_max || is_waiting(id)) return refused();
    auto kept = TRY(account(id));
    // The same work for an unknown account: its existence is nobody's business.
    const std::string hash = argon2id(
        password, kept ? std::string_view(kept->salt) : std::string_view("0123456789abcdef"));
    const bool right = kept && same(hash, kept->hash) && second_factor(*kept, code);
    count_try(id, right);
    if (!right) {
      TRY(trace("login", '4',
                {.id = std::string(utf8::head(id, 200)),
                 .name = {},
                 .role = Role::clerk,
                 .organisation = {},
                 .person = {}}));
      return refused();
    }
    if (kept->factor.starts_with("totp:")) TRY(use_step(*kept));
    return open(kept->account);
  }

  Result<SignedIn> sign_in_demo(std::string_view id) override {
    const auto kept = TRY(account(id));
    if (!kept || !kept->account.demo)
      return Error{Error::Kind::forbidden, "This account is not open to one press.", {}};
    return open(kept->account);
  }

  Result<Principal> principal_of(std::string_view token) override {
    const std::string hash = sha256(token);
    const Instant time = now();
    auto known = sign_ins_.with([&](auto& all) -> std::optional<KeptSignIn> {
      const auto found = all.find(hash);
      if (found == all.end()) return std::nullopt;
      auto& sign_in = found->second;
      const bool open =
          time < sign_in.expires && time - sign_in.used < limits_of(sign_in.principal.role).idle;
      if (open) sign_in.used = time;
      return open ? std::optional(sign_in) : std::optional(KeptSignIn{});
    });
    if (!known) known = TRY(stored(hash, time));
    if (known->principal.id.empty())
      return Error{Error::Kind::unauthenticated, "Sign in first: サインインしてください。", {}};
    return std::move(known->principal);
  }

  Result<void> sign_out(std::string_view token) override {
    const std::string hash = sha256(token);
    const auto principal = principal_of(token);
    if (principal) TRY(trace("logout", '0', *principal));
    sign_ins_.with([&](auto& all) { all.erase(hash); });
    return store_.write(
        [&](store::Writer& writer) { return writer.remove_item(table::sign_ins, hex(hash)); });
  }

  Result<std::vector<Account>> demo_accounts() override {
    std::vector<Account> demo;
    const auto reader = store_.read();
    std::string after;
    for (;;) {
      const auto items = TRY(reader->items(table::accounts, "", after));
      for (const auto& item : items) {
        auto kept = TRY(parse_account(item.key, item.value));
        if (kept.account.demo) demo.push_back(std::move(kept.account));
      }
      if (items.empty()) return demo;
      after = items.back().key;
    }
  }

  Result<std::optional<Principal>> find(std::string_view id) override {
    const auto kept = TRY(account(id));
    if (!kept) return std::optional<Principal>();
    const Account& found = kept->account;
    return std::optional(Principal{.id = found.id,
                                   .name = found.name,
                                   .role = found.role,
                                   .organisation = found.organisation,
                                   .person = found.person});
  }

  Result<void> set_person(std::string_view id, std::string_view person) override {
    const std::string account_id(id);
    const store::Work work = [&](store::Writer& writer) -> Result<void> {
      const auto item = TRY(writer.item(table::accounts, account_id));
      if (!item) return Error{Error::Kind::not_found, "There is no such account.", {}};
      auto kept = TRY(parse_account(account_id, *item));
      kept.account.person = person;
      return writer.set_item(table::accounts, account_id, print_account(kept));
    };
    TRY(store_.write(work));
    sign_ins_.with([&](auto& all) {
      for (auto& [hash, sign_in] : all) {
        if (sign_in.principal.id == account_id) sign_in.principal.person = person;
      }
    });
    return {};
  }

 private:
  struct Tries {
    int wrong = 0;
    Instant wait_until;
  };

  Result<void> trace(std::string_view interaction, char outcome, const Principal& principal) {
    AuditEntry entry;
    entry.interaction = interaction;
    entry.action = 'E';
    entry.outcome = outcome;
    entry.time = now();
    return audit_.append(print(entry, principal, Purpose::operations), entry.time);
  }

  Result<std::optional<KeptAccount>> account(std::string_view id) {
    const auto item = TRY(store_.read()->item(table::accounts, id));
    if (!item) return std::optional<KeptAccount>();
    return std::optional(TRY(parse_account(id, *item)));
  }

  // One step early or late is allowed for clocks that differ.
  bool second_factor(KeptAccount& kept, std::string_view code) const {
    const std::string_view factor = kept.factor;
    if (factor.starts_with("code:")) return kept.account.demo && same(factor.substr(5), code);
    const auto secret = from_base32(factor.substr(5));
    if (!secret) return false;
    const int64_t step = totp_step(now());
    for (const int64_t near : {step, step - 1, step + 1}) {
      if (near > kept.last_step && same(totp(*secret, near), code)) {
        kept.last_step = near;
        return true;
      }
    }
    return false;
  }

  // Race-free: of two sign-ins with one code, one wins.
  Result<void> use_step(const KeptAccount& kept) {
    return store_.write([&](store::Writer& writer) -> Result<void> {
      const auto item = TRY(writer.item(table::accounts, kept.account.id));
      if (!item) return refused();
      auto stored = TRY(parse_account(kept.account.id, *item));
      if (stored.last_step >= kept.last_step) return refused();
      stored.last_step = kept.last_step;
      return writer.set_item(table::accounts, kept.account.id, print_account(stored));
    });
  }

  bool is_waiting(std::string_view id) {
    return tries_.with([&](auto& tries) {
      const auto found = tries.find(std::string(id));
      return found != tries.end() && found->second.wait_until > now();
    });
  }

  void count_try(std::string_view id, bool right) {
    tries_.with([&](auto& tries) {
      if (right) {
        tries.erase(std::string(id));
        return;
      }
      if (tries.size() > sign_ins_remembered_max) tries.clear();
      auto& one = tries[std::string(id)];
      if (++one.wrong >= tries_max)
        one.wait_until = now() + try_wait * (1 << std::min(one.wrong - tries_max, 6));
    });
  }

  Result<SignedIn> open(const Account& account) {
    const std::string token = base64_url(random_bytes(token_bytes));
    const std::string hash = sha256(token);
    const Instant opened = now(), expires = opened + limits_of(account.role).absolute;
    TRY(store_.write([&](store::Writer& writer) {
      return writer.set_item(table::sign_ins, hex(hash),
                             print_sign_in(account.id, opened, expires));
    }));
    const auto principal = principal_of_account(account);
    TRY(trace("login", '0', principal));
    remember(hash, {principal, opened, expires, opened});
    return SignedIn{token, principal, expires};
  }

  void remember(const std::string& hash, const KeptSignIn& sign_in) {
    sign_ins_.with([&](auto& all) {
      if (all.size() >= sign_ins_remembered_max) all.clear();
      all[hash] = sign_in;
    });
  }

  // After a restart: when it was last used is not known, so it may be idle for as long as allowed
  // once more, but no longer than its absolute end.
  Result<KeptSignIn> stored(const std::string& hash, Instant time) {
    const auto item = TRY(store_.read()->item(table::sign_ins, hex(hash)));
    if (!item) return KeptSignIn{};
    const auto first = item->find('\n'), second = item->find('\n', first + 1);
    if (first == std::string::npos || second == std::string::npos) return KeptSignIn{};
    const Instant expires{Instant::duration(std::strtoll(item->c_str() + second + 1, nullptr, 10))};
    const auto kept = TRY(account(item->substr(0, first)));
    if (!kept || time >= expires) return KeptSignIn{};
    KeptSignIn sign_in{principal_of_account(kept->account), {}, expires, time};
    remember(hash, sign_in);
    return sign_in;
  }

  store::Store& store_;
  AuditLog& audit_;
  Guarded<std::unordered_map<std::string, KeptSignIn>> sign_ins_;
  Guarded<std::unordered_map<std::string, Tries>> tries_;
};

}  // namespace

std::unique_ptr<Accounts> accounts_of(store::Store& store, AuditLog& audit) {
  return std::make_unique<StoredAccounts>(store, audit);
}

}  // namespace tasuki::record
