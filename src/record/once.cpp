#include "record/once.h"

#include <charconv>

#include <fmt/core.h>

#include "record/inside.h"
#include "record/secret.h"
#include "record/session.h"

namespace tasuki::record {
namespace {

constexpr std::string_view keys = "once", times = "once-at";
constexpr size_t swept_at_once = 4;  // more than comes in, so that what is old goes away

struct Kept {
  int64_t time = 0;
  Once once;
};

std::string stamp_of(int64_t microseconds) {
  return fmt::format("{:020}", microseconds);
}
int64_t microseconds(Instant time) {
  return time.time_since_epoch().count();
}

std::string print(const Kept& kept) {
  return stamp_of(kept.time) + "\t" + kept.once.fingerprint + "\t" + kept.once.answer;
}

std::optional<Kept> parse(std::string_view text) {
  const size_t first = text.find('\t'), second = text.find('\t', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  Kept kept;
  std::from_chars(text.data(), text.data() + first, kept.time);
  kept.once.fingerprint = text.substr(first + 1, second - first - 1);
  kept.once.answer = text.substr(second + 1);
  return kept;
}

bool is_old(int64_t time, Instant now) {
  return Instant(std::chrono::microseconds(time)) + once_time_max < now;
}

Result<void> sweep(store::Writer& writer, Instant time) {
  for (const auto& item : TRY(writer.items(times, "", "", swept_at_once))) {
    int64_t taken = 0;
    std::from_chars(item.key.data(), item.key.data() + item.key.size(), taken);
    if (!is_old(taken, time)) break;
    TRY(writer.remove_item(keys, item.key.substr(item.key.find('|') + 1)));
    TRY(writer.remove_item(times, item.key));
  }
  return {};
}

}  // namespace

Result<void> take_once(store::Writer& writer, std::string_view key, std::string_view fingerprint,
                       Instant time) {
  const auto standing = TRY(writer.item(keys, key));
  const auto kept = standing ? parse(*standing) : std::nullopt;
  if (kept && !is_old(kept->time, time))
    return Error{Error::Kind::conflict,
                 "A request with this Idempotency-Key was carried out already.",
                 std::string(once_again)};
  TRY(sweep(writer, time));
  TRY(writer.set_item(times, stamp_of(microseconds(time)) + "|" + std::string(key), ""));
  return writer.set_item(keys, key,
                         print({microseconds(time), {std::string(fingerprint), std::string()}}));
}

Result<std::optional<Once>> find_once(store::Reader& reader, std::string_view key, Instant time) {
  const auto standing = TRY(reader.item(keys, key));
  auto kept = standing ? parse(*standing) : std::nullopt;
  if (!kept || is_old(kept->time, time)) return std::optional<Once>();
  return std::optional(std::move(kept->once));
}

Result<void> keep_once(store::Writer& writer, std::string_view key, std::string_view answer) {
  const auto standing = TRY(writer.item(keys, key));
  auto kept = standing ? parse(*standing) : std::nullopt;
  if (!kept || answer.size() > once_answer_bytes_max) return {};
  kept->once.answer = answer;
  return writer.set_item(keys, key, print(*kept));
}

// Of one principal: nobody meets another's keys.
std::string Session::once_key(std::string_view key) const {
  return principal_.id + "|" + std::string(key);
}

void Session::once(std::string_view key, std::string_view request) {
  once_ = {once_key(key), sha256(request)};
}

Result<std::optional<std::string>> Session::once_answer(std::string_view key,
                                                        std::string_view request) {
  const auto reader = inside(door_).store().read();
  const auto found = TRY(find_once(*reader, once_key(key), time_));
  if (!found) return std::optional<std::string>();
  if (found->fingerprint != sha256(request))
    return Error{Error::Kind::invalid,
                 "This Idempotency-Key was used for another request; take a new one.",
                 std::string(once_again)};
  if (found->answer.empty())
    return Error{Error::Kind::conflict,
                 "This request is being carried out or was, and its answer was not kept; read what "
                 "stands before sending it under another key.",
                 std::string(once_again)};
  return std::optional(found->answer);
}

Result<void> Session::keep_once_answer(std::string_view key, std::string_view answer) {
  return inside(door_).store().write(
      [&](store::Writer& writer) { return keep_once(writer, once_key(key), answer); });
}

}  // namespace tasuki::record
