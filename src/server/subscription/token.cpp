#include "server/subscription/token.h"

#include <charconv>

#include "record/base64.h"
#include "record/secret.h"

namespace tasuki::server::subscription {
namespace {

constexpr std::string_view tokens_prefix = "websocket-token/";
constexpr size_t token_bytes = 32;
constexpr size_t token_text_bytes_max = 128;
constexpr auto token_life = std::chrono::minutes(5);

std::string token_key(std::string_view text) {
  return std::string(tokens_prefix) + record::hex(record::sha256(text));
}

// "expires\naccount\nsubscription\nsubscription"
std::string value_of(const Grant& grant, Instant expires) {
  std::string value = fmt::format("{}\n{}", expires.time_since_epoch().count(), grant.account);
  for (const std::string& id : grant.subscriptions)
    value += "\n" + id;
  return value;
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

Instant take_expiry(std::string_view& value) {
  const std::string_view digits = take_line(value);
  int64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return Instant(std::chrono::microseconds(count));
}

Result<void> forget_expired(record::Notebook& notebook, Instant time) {
  std::vector<std::string> expired;
  for (const record::Note& note : TRY(notebook.all(tokens_prefix))) {
    std::string_view value = note.value;
    if (take_expiry(value) <= time) expired.push_back(note.key);
  }
  if (expired.empty()) return {};
  return notebook.remove_all(expired);
}

}  // namespace

Result<Token> issue_token(record::Door& door, const Grant& grant, Instant time) {
  record::Notebook notebook(door);
  TRY(forget_expired(notebook, time));
  Token token{.text = record::base64_url(record::random_bytes(token_bytes)),
              .expires = time + token_life};
  TRY(notebook.set(token_key(token.text), value_of(grant, token.expires)));
  return token;
}

Result<Grant> redeem_token(record::Door& door, std::string_view text, Instant time) {
  const Error unknown{Error::Kind::unauthenticated,
                      "The token is unknown or has expired; $get-ws-binding-token gives a new one.",
                      {}};
  if (text.empty() || text.size() > token_text_bytes_max) return unknown;
  const auto found = TRY(record::Notebook(door).find(token_key(text)));
  if (!found) return unknown;
  std::string_view value = *found;
  if (take_expiry(value) <= time) return unknown;
  Grant grant{.account = std::string(take_line(value)), .subscriptions = {}};
  while (!value.empty())
    grant.subscriptions.emplace_back(take_line(value));
  return grant;
}

}  // namespace tasuki::server::subscription
